import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../gateway/config/config-error.ts';
import { findConfig } from '../../../gateway/config/config-file.ts';
import { type Config, loadConfig } from '../../../gateway/config/load-config.ts';
import { TRUSTED } from '../../support/certificates.ts';
import { configFolder } from '../../support/config-folder.ts';

const NATIVE = 'sources: { native: { adapter: postgres, url: "embedded:./data" } }\n';

async function read(yaml: string, env: NodeJS.ProcessEnv = {}, port?: string): Promise<Config> {
  return await loadConfig({ env, port, workingFolder: await configFolder({ 'kcigraph.yaml': yaml }) });
}

async function faults(yaml: string, env: NodeJS.ProcessEnv = {}, port?: string): Promise<string> {
  const error = await read(yaml, env, port).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message : '';
}

describe('what holds without a file', () => {
  it('stores in ./data, takes submissions from this machine, and listens there alone', async () => {
    const workingFolder = await configFolder();
    const config = await loadConfig({ env: {}, workingFolder });
    expect(config).toMatchObject({
      file: null,
      listen: { host: '127.0.0.1', port: 4000 },
      submit: { into: 'native', secrets: [], open: true },
      dataDir: join(workingFolder, 'data'),
    });
    expect(config.sources).toHaveLength(1);
    expect(config.sources[0]).toMatchObject({
      name: 'native',
      adapter: 'postgres',
      options: { url: `embedded:${join(workingFolder, 'data')}` },
    });
  });

  it('is what the file of the machine says, where the working folder has none', async () => {
    const machine = await configFolder({ 'kcigraph.yaml': `${NATIVE}listen: { port: 1005 }` });
    const systemFile = join(machine, 'kcigraph.yaml');
    const found = findConfig(undefined, {}, await configFolder(), systemFile);
    expect(found).toMatchObject({ file: systemFile, folder: machine });
    const own = await configFolder({ 'kcigraph.yaml': NATIVE });
    expect(findConfig(undefined, {}, own, systemFile).file).toBe(join(own, 'kcigraph.yaml'));
    expect(findConfig(undefined, {}, await configFolder(), join(machine, 'none.yaml')).file).toBeNull();
  });

  it('has the limits that are documented', async () => {
    const { limits } = await loadConfig({ env: {}, workingFolder: await configFolder() });
    expect(limits).toEqual({
      depth: 16,
      aliases: 50,
      tokens: 5000,
      cost: 100_000,
      values: 5_000,
      textBytes: 131_072,
      bodyBytes: 536_870_912,
      graphqlBytes: 1_048_576,
      inFlight: 200,
      inFlightBytes: 268_435_456,
      deadline: 10_000,
    });
  });
});

describe('which file is read', () => {
  it('prefers --config to KCIGRAPH_CONFIG, and that to the working folder', async () => {
    const workingFolder = await configFolder({
      'kcigraph.yaml': `listen: { port: 1001 }\n${NATIVE}`,
      'by-env.yaml': `listen: { port: 1002 }\n${NATIVE}`,
      'by-flag.yaml': `listen: { port: 1003 }\n${NATIVE}`,
    });
    const env = { KCIGRAPH_CONFIG: 'by-env.yaml' };
    expect((await loadConfig({ env: {}, workingFolder })).listen.port).toBe(1001);
    expect((await loadConfig({ env, workingFolder })).listen.port).toBe(1002);
    expect((await loadConfig({ env, workingFolder, file: 'by-flag.yaml' })).listen.port).toBe(1003);
  });

  it('refuses a named file that is not there', async () => {
    const workingFolder = await configFolder();
    await expect(loadConfig({ env: {}, workingFolder, file: 'no.yaml' })).rejects.toThrow(
      /--config names.*\n.*does not exist/,
    );
    const env = { KCIGRAPH_CONFIG: 'no.yaml' };
    await expect(loadConfig({ env, workingFolder })).rejects.toThrow(/KCIGRAPH_CONFIG names/);
  });

  it('takes relative paths as relative to the file', async () => {
    const folder = await configFolder({ 'there.yaml': `dataDir: cache\n${NATIVE}` });
    const config = await loadConfig({ env: {}, file: join(folder, 'there.yaml'), workingFolder: '/' });
    expect(config.dataDir).toBe(join(folder, 'cache'));
    expect(config.sources[0]?.options).toMatchObject({ url: `embedded:${join(folder, 'data')}` });
  });
});

describe('the port', () => {
  const yaml = `listen: { port: 4100 }\n${NATIVE}`;

  it('comes from --port, then PORT, then the file', async () => {
    expect((await read(yaml, { PORT: '4200' }, '4300')).listen.port).toBe(4300);
    expect((await read(yaml, { PORT: '4200' })).listen.port).toBe(4200);
    expect((await read(yaml, { PORT: '' })).listen.port).toBe(4100);
  });

  it.each(['65536', '-1', 'http', '40 00', '0x10', ''])('refuses --port "%s"', async (port) => {
    expect(await faults(yaml, {}, port)).toContain(`--port must be a port from 0 to 65535, and "${port}" is not.`);
  });
});

describe('values', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    ['1w', 604_800_000],
    ['750', 750],
  ])('reads the duration %s', async (text, milliseconds) => {
    const { limits } = await read(`limits: { deadline: ${text} }\n${NATIVE}`);
    expect(limits.deadline).toBe(milliseconds);
  });

  it.each([
    ['16MiB', 16_777_216],
    ['5 MB', 5_000_000],
    ['1GiB', 1_073_741_824],
    ['123', 123],
  ])('reads the size %s', async (text, bytes) => {
    expect((await read(`limits: { bodyBytes: ${text} }\n${NATIVE}`)).limits.bodyBytes).toBe(bytes);
  });

  it.each(['https://a.example', 'http://127.0.0.1:8080', 'moz-extension://1f2e', '*'])(
    'takes the origin %s',
    async (origin) => {
      expect((await read(`cors: "${origin}"\n${NATIVE}`)).cors).toEqual([origin]);
      expect((await read(`cors: ["${origin}"]\n${NATIVE}`)).cors).toEqual([origin]);
    },
  );

  it.each([
    'https://a.example/',
    'https://a.example/x',
    'https://A.example',
    'https://a.example:443',
    'a.example',
    'null',
  ])('refuses the origin %s, which no browser would send', async (origin) => {
    const says = ': It must be an origin such as https://dashboard.example, with nothing behind the host, or "*", and ';
    expect(await faults(`cors: "${origin}"\n${NATIVE}`)).toContain(`cors (line 1:1)${says}"${origin}" is not.`);
    expect(await faults(`cors: ["*", "${origin}"]\n${NATIVE}`)).toContain(`${says}"${origin}" is not.`);
  });

  it('fills in what the adapter of a source is content with', async () => {
    const [source] = (await read(NATIVE)).sources;
    expect(source).toMatchObject({ timeout: 8000, priority: 0, offline: false, breaker: { failures: 5 } });
    expect(source?.concurrency).toBe(source?.module.defaults.concurrency);
  });

  it('takes what a source says of its own', async () => {
    const [source] = (
      await read(`sources:
  native:
    { adapter: postgres, url: "postgres://db/x", timeout: 2s, concurrency: 3, rate: 1.5, cacheTtl: 1m, staleIfError: 1h,
      priority: -2, breaker: { failures: 9, openFor: 3s }, restAfter429: 5s, offline: true, tls: { servername: db } }
`)
    ).sources;
    expect(source).toMatchObject({
      timeout: 2000,
      concurrency: 3,
      rate: 1.5,
      cacheTtl: 60_000,
      staleIfError: 3_600_000,
      priority: -2,
      breaker: { failures: 9, openFor: 3000 },
      restAfter429: 5000,
      offline: true,
      tls: { servername: 'db' },
    });
  });

  it('asks sources of higher priority first, others in the order of the file', async () => {
    const source = (priority: number) => `{ adapter: postgres, url: "postgres://db/x", priority: ${priority} }`;
    const { sources } = await read(`sources: { a: ${source(0)}, b: ${source(5)}, c: ${source(0)}, d: ${source(9)} }`);
    expect(sources.map(({ name }) => name)).toEqual(['d', 'b', 'a', 'c']);
  });

  it('reads the certificates of a source, given as PEM or as a file beside the configuration', async () => {
    const tls = (ca: string) =>
      `sources: { native: { adapter: postgres, url: "postgres://db/x", tls: { ca: ${JSON.stringify(ca)} } } }`;
    expect((await read(tls(TRUSTED.cert))).sources[0]?.tls?.ca).toBe(TRUSTED.cert);
    expect(await faults(tls('missing.pem'))).toMatch(
      /sources\.native\.tls\.ca .*"missing\.pem" cannot be read \(ENOENT\)/,
    );
    const broken = TRUSTED.cert.replace('M', '!');
    expect(await faults(tls(broken))).toMatch(/sources\.native\.tls .*must be PEM/);
  });

  it('shortens the default time of a source below a short deadline, and refuses one that is set so', async () => {
    expect((await read(`limits: { deadline: 1s }\n${NATIVE}`)).sources[0]?.timeout).toBeLessThan(1000);
    const late = 'sources: { native: { adapter: postgres, url: "embedded:d", timeout: 10s } }';
    expect(await faults(late)).toContain('sources.native.timeout (line 1:');
  });
});

describe('faults', () => {
  it('stand in one message, each with its key, its place and the nearest name', async () => {
    const message = await faults(
      `listen: { prot: 4000 }
sources:
  native: { adapter: postgrs, url: "embedded:./data" }
  other: { adapter: postgres, ulr: "embedded:./data", breaker: { failure: 3 }, rate: -1 }
  third: 5
limits:
  dept: 16
  cost: many
  deadline: 10 seconds
submit: { into: natve }
log: { level: inof }
surces: {}
`,
    );
    for (const part of [
      'has 13 faults:',
      'listen.prot (line 1:11): There is no key "prot": did you mean "port"?',
      'sources.native.adapter (line 3:13): There is no adapter "postgrs": did you mean "postgres"?',
      'sources.other.ulr (line 4:31): There is no key "ulr": did you mean "url"?',
      'sources.other.url (line 4:3): It is missing; it must be text.',
      'sources.other.breaker.failure (line 4:66): There is no key "failure": did you mean "failures"?',
      'sources.other.rate (line 4:80): It must be above 0, and -1 is not.',
      'sources.third (line 5:3): It must be a mapping',
      'limits.dept (line 7:3): There is no key "dept": did you mean "depth"?',
      'limits.cost (line 8:3): It must be a whole number of at least 1, and "many" is not.',
      'limits.deadline (line 9:3): It must be a duration such as',
      'submit.into (line 10:11): There is no source "natve": did you mean "native"?',
      'log.level (line 11:8): It must be one of debug, info, warn, error, silent, and "inof" is not. Did you mean "info"?',
      'surces (line 12:1): There is no key "surces": did you mean "sources"?',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('of the YAML itself have their place', async () => {
    expect(await faults('listen:\n  port: [1\nlog: {}\n')).toMatch(/\(line 3:1\)/);
    expect(await faults('log: {}\nlog: {}\n')).toContain('This key is there twice. (line 2:1)');
  });

  it('name the value that is there instead of a mapping', async () => {
    expect(await faults('5')).toContain('It must be a mapping of keys to values, and 5 is not.');
    expect(await faults('[1]')).toContain('It must be a mapping of keys to values, and [1] is not.');
  });

  it('are never silenced by others: a wrong source beside a wrong limit', async () => {
    const message = await faults('limits: { depth: -1 }\nsources: { a: { adapter: postgres } }');
    expect(message).toContain('limits.depth');
    expect(message).toContain('sources.a.url');
  });
});

describe('${NAME} and ${file:PATH}', () => {
  const yaml = `${NATIVE}submit: { into: native, jwtSecret: "\${JWT_SECRET}" }\n`;

  it('are filled in', async () => {
    const folder = await configFolder({
      'secret.txt': 'a secret of 32 bytes from a file\n',
      'kcigraph.yaml': `${NATIVE}submit: { into: native, jwtSecret: ["\${JWT_SECRET}-x", "\${file:secret.txt}", "$\${A_SECRET_THAT_STAYS_JUST_AS_IT_IS}"] }`,
    });
    const config = await loadConfig({ env: { JWT_SECRET: 'a secret out of the environment' }, workingFolder: folder });
    expect(config.submit?.secrets).toEqual([
      'a secret out of the environment-x',
      'a secret of 32 bytes from a file',
      '${A_SECRET_THAT_STAYS_JUST_AS_IT_IS}',
    ]);
  });

  it('count as numbers and truth values where those are asked for', async () => {
    const text = `listen: { port: "\${P}" }\ntrustProxy: "\${T}"\nlimits: { deadline: "\${D}" }\n${NATIVE}`;
    const config = await read(text, { P: '4711', T: 'true', D: '3s' });
    expect([config.listen.port, config.trustProxy, config.limits.deadline]).toEqual([4711, true, 3000]);
  });

  it('are faults that name them where they are missing', async () => {
    expect(await faults(yaml)).toContain(
      'submit.jwtSecret (line 2:25): The environment variable JWT_SECRET is not set.',
    );
    expect(await faults(yaml.replace('${JWT_SECRET}', '${file:no/such}'))).toContain('The file "no/such"');
    expect(await faults(yaml.replace('${JWT_SECRET}', '${OPEN'))).toContain('has no closing brace');
    expect(await faults(yaml.replace('${JWT_SECRET}', '${not a name}'))).toContain('names neither');
  });
});

it.each([
  ['spoolBytes: 1GiB, spoolBytesPerOrigin: 500MiB', 'spoolBytesPerOrigin', 500 * 2 ** 20],
  ['spoolBytes: 500MiB', 'spoolBytes', 500 * 2 ** 20],
])('a spool that does not hold one document is a fault: %s', async (yaml, key, bytes) => {
  const message = await faults(`${NATIVE}submit: { into: native, ${yaml} }`);
  expect(message).toContain(`submit.${key}`);
  expect(message).toContain(`${2 ** 29} bytes (limits.bodyBytes), and ${bytes} bytes of disk do not hold one.`);
});

describe('secrets', () => {
  it('never appear in a fault', async () => {
    const message = await faults(
      `sources:
  a: { adapter: postgres, url: "http://user:hunter2@db/x?password=hunter2" }
  b: { adapter: postgres, url: "\${URL}" }
submit: { into: a, jwtSecret: { hunter2: true } }
`,
      { URL: 'mysql://user:hunter2@db' },
    );
    expect(message).toContain('sources.a.url');
    expect(message).toContain('sources.b.url');
    expect(message).toContain('submit.jwtSecret');
    expect(message).not.toContain('hunter2@');
    expect(message).not.toContain('=hunter2');
    expect(message).not.toContain('mysql');
  });

  const withSecret = (secret: string) => `${NATIVE}submit: { into: native, jwtSecret: ${secret} }`;

  it.each([
    ['""', 'submit.jwtSecret (line 2:25): The secret is blank. It must have at least 32 bytes'],
    [`"${' '.repeat(40)}"`, 'submit.jwtSecret (line 2:25): The secret is blank. It must have at least 32 bytes'],
    ['short', 'submit.jwtSecret (line 2:25): The secret has 5 bytes. It must have at least 32 bytes'],
    ['a'.repeat(31), 'The secret has 31 bytes. It must have at least 32 bytes: "openssl rand -hex 32" makes one'],
    [`[${'a'.repeat(32)}, other]`, 'submit.jwtSecret.1 (line 2:71): The secret has 5 bytes.'],
    ['[]', 'submit.jwtSecret (line 2:25): The list has no secret.'],
  ])('that can be guessed are refused: %s', async (secret, message) => {
    expect(await faults(withSecret(secret))).toContain(message);
  });

  it('of 32 bytes are taken, but not twice', async () => {
    expect((await read(withSecret('a'.repeat(32)))).warnings).toEqual([]);
    const twice = `[${'a'.repeat(32)}, ${'a'.repeat(32)}]`;
    expect(await faults(withSecret(twice))).toContain('The same secret is there twice.');
  });

  it('are not shown where they are refused', async () => {
    expect(await faults(withSecret('hunter2'))).not.toContain('hunter2');
  });

  it.each([
    'postgres:/kci:hunter2@db/x',
    'postgres//kci:hunter2@db/x',
    'kci:hunter2@db/x',
    'posgres://kci:hunter2@db/x',
    'mongdb://kci:hun/ter2@host/kernelci',
    'mongdb://kci:hun ter2@host/kernelci',
    'htps://kci:p@hunter2@host',
    'htps://kci:hunter2%40host',
    `htps://kci:${'hunter2'.repeat(20)}@host`,
    'htps://host/?api_token=hunter2',
  ])('never appear where the URL is mistyped: %s', async (url) => {
    const message = await faults(`sources:
  a: { adapter: postgres, url: "${url}" }
  b: { adapter: kernelci-mongo, url: "${url}", storageUrl: "${url}" }
  c: { adapter: cki, url: "${url}", "${url}": 1 }
  d: { adapter: "${url}" }
  e: { adapter: postgres, url: "embedded:./data", "${url}": 1 }
"${url}": 1
listen: { host: "${url}", port: "${url}" }
cors: "${url}"
submit: { into: "${url}", openSubmit: "${url}" }
`);
    expect(message).toContain('sources.a.url');
    expect(message).not.toMatch(/hun|ter2/);
  });

  it.each(['*hunter2', '!hunter2 x', '"${hunter2"', '"${hun ter2}"', '&hunter2'])(
    'never appear where they are written without quotes: %s',
    async (value) => {
      const message = await faults(`${NATIVE}submit: { into: native, jwtSecret: ${value} }`);
      expect(message).not.toMatch(/hun|ter2/);
    },
  );

  it('that are repeated are refused', async () => {
    const secret = 'a'.repeat(40);
    const message = await faults(`${NATIVE}submit: { into: native, jwtSecret: [${secret}, ${secret}] }`);
    expect(message).toContain('The same secret is there twice.');
  });
});

describe('submissions', () => {
  it('are off without a secret and without openSubmit', async () => {
    expect((await read(NATIVE)).submit).toBeNull();
    expect((await read(`${NATIVE}submit: { into: native }`)).submit).toMatchObject({
      into: 'native',
      secrets: [],
      open: false,
    });
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('may be open on %s', async (host) => {
    const config = await read(`${NATIVE}listen: { host: "${host}" }\nsubmit: { into: native, openSubmit: true }`);
    expect(config.submit?.open).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.1.2', 'example.org'])('may not be open on %s', async (host) => {
    const yaml = `${NATIVE}listen: { host: "${host}" }\n`;
    const rule = 'taken on a loopback address only, and listen.host is';
    expect(await faults(`${yaml}submit: { openSubmit: true }`)).toContain(rule);
    expect(await faults(`${yaml}openSubmit: true`)).toContain(rule);
  });

  it('may not be open behind a proxy', async () => {
    const rule = 'behind a proxy (trustProxy: true) nobody can tell where a request comes from';
    expect(await faults(`${NATIVE}trustProxy: true\nsubmit: { openSubmit: true }`)).toContain(rule);
    expect(await faults(`${NATIVE}trustProxy: true\nopenSubmit: true`)).toContain(rule);
    expect((await read(`${NATIVE}trustProxy: true\nsubmit: { jwtSecret: "${'s'.repeat(32)}" }`)).submit?.open).toBe(
      false,
    );
  });

  it('go into the only source where none is named', async () => {
    expect((await read(`${NATIVE}openSubmit: true`)).submit).toMatchObject({ into: 'native', open: true });
    const two =
      'sources: { a: { adapter: postgres, url: "embedded:a" }, b: { adapter: postgres, url: "embedded:b" } }\n';
    expect(await faults(`${two}openSubmit: true`)).toContain('one of a, b');
  });
});

describe('adapters', () => {
  const plugIn = (body: string) =>
    `import { z } from ${JSON.stringify(import.meta.resolve('zod'))};\nexport const adapter = ${body};\n`;
  const good =
    plugIn(`{ contract: 2, name: 'acme', options: z.object({ url: z.string(), auth: z.object({ user: z.string() }).optional() }),
    defaults: { timeout: 1, concurrency: 1, rate: null, cacheTtl: 0, staleIfError: 0 }, create: () => ({}) }`);
  const readWith = async (source: string, plugin: string) => {
    const workingFolder = await configFolder({ 'kcigraph.yaml': `sources: { acme: ${source} }`, 'acme.ts': plugin });
    return await loadConfig({ env: {}, workingFolder });
  };

  it('are found by a path beside the file', async () => {
    const { sources } = await readWith('{ adapter: "./acme.ts", url: "https://acme.example" }', good);
    expect(sources[0]).toMatchObject({ adapter: './acme.ts', options: { url: 'https://acme.example' } });
    expect(sources[0]?.module.name).toBe('acme');
  });

  it('have their options checked at every depth, also where their schema is not strict', async () => {
    await expect(readWith('{ adapter: ./acme.ts, url: x, auth: { usr: y } }', good)).rejects.toThrow(
      /acme\.auth\.usr .*: There is no key "usr": did you mean "user"\?/,
    );
  });

  it.each([
    ['a file that is not there', '{ adapter: ./no.ts }', good, 'is not there'],
    ['a package that is not installed', '{ adapter: kcigraph-no-such }', good, 'no such npm package is installed'],
    ['a file that exports no adapter', '{ adapter: ./acme.ts }', 'export const x = 1;', 'exports no "adapter".'],
    [
      'an older contract, and say what to change',
      '{ adapter: ./acme.ts }',
      plugIn('{ contract: 1 }'),
      'The plug-in "./acme.ts" is written for version 1 of the adapter contract, and this kcigraph uses version 2: instead of "capabilities", "getMany", "list", "related" and "count", give "entities" and "relations", where each capability is next to the function that answers it, and set "contract: 2" (see docs/adapters.md).',
    ],
    [
      'a newer contract',
      '{ adapter: ./acme.ts }',
      plugIn('{ contract: 3 }'),
      'is written for version 3 of the adapter contract, and this kcigraph uses version 2: update kcigraph (see docs/adapters.md).',
    ],
    [
      'no contract',
      '{ adapter: ./acme.ts }',
      plugIn('{ name: "acme" }'),
      'does not say which version of the adapter contract it is written for: export "contract: 2" (see docs/adapters.md).',
    ],
    [
      'what is missing or of another type, all at once',
      '{ adapter: ./acme.ts }',
      plugIn(
        '{ contract: 2, name: 7, options: z.object({}), defaults: { timeout: 1, concurrency: 1, rate: "x", cacheTtl: 0 } }',
      ),
      '"name" must be a text, "create" is missing (a function), "defaults.staleIfError" is missing (a number), "defaults.rate" must be a number or null.',
    ],
    ['a folder', '{ adapter: . }', good, 'is a folder: name the file in it.'],
    ['a file of another kind', '{ adapter: ./kcigraph.yaml }', good, 'must be a file that ends in .ts, .js or .mjs.'],
    ['a file that throws', '{ adapter: ./acme.ts }', 'throw new Error("boom");', 'cannot be loaded: boom'],
  ])('refuse %s', async (_, source, plugin, message) => {
    await expect(readWith(source, plugin)).rejects.toThrow(message);
  });
});
