import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { COMMANDS, runCommandLine } from '../../../gateway/cli/run-command-line.ts';
import { type Ended, runCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';

/** What the command line itself says, without a process of its own. */
async function say(...argv: readonly string[]): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const code = await runCommandLine(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

describe('kcigraph', () => {
  let version: string;
  beforeAll(() => {
    for (const name of ['PORT', 'KCIGRAPH_CONFIG']) vi.stubEnv(name, undefined);
    const content = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    version = content.version;
  });
  afterAll(() => vi.unstubAllEnvs());

  it('tells its version', async () => {
    expect(await runCommand(['--version'], '/')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each(['check', 'serve'])('refuses a secret that is blank or short when it is to %s', async (command) => {
    const sources = 'sources: { native: { adapter: postgres, url: "embedded:./data" } }';
    for (const secret of ['', ' ', 'short']) {
      const text = `${sources}\nsubmit: { into: native, jwtSecret: "${secret}" }\n`;
      const folder = await configFolder({ 'kcigraph.yaml': text });
      const { code, stderr } = await runCommand([command], folder);
      expect(stderr).toMatch(
        /submit\.jwtSecret \(line 2:\d+\): The secret (is blank|has 5 bytes)\. It must have at least 32/,
      );
      expect(code).toBe(2);
    }
  });

  it('lists its commands, on standard output where it was asked to', async () => {
    const [asked, bare] = await Promise.all([say('--help'), say()]);
    for (const name of Object.keys(COMMANDS)) expect(asked.stdout).toContain(`  ${name} `);
    expect(asked.code).toBe(0);
    expect(bare).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each(Object.keys(COMMANDS))('explains %s and all its flags', async (name) => {
    const command = await COMMANDS[name]?.();
    const { code, stdout } = await say(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(command?.summary);
    for (const flag of Object.keys(command?.flags ?? {})) expect(stdout).toContain(`--${flag}`);
  });

  it.each([
    [['serv'], 'kcigraph has no command "serv": did you mean "serve"?'],
    [['frobnicate'], 'kcigraph has no command "frobnicate": "kcigraph --help" lists them.'],
    [['serve', '--prot', '1'], '"kcigraph serve" has no flag --prot: did you mean --port?'],
    [['serve', '--xyzzy'], '"kcigraph serve" has no flag --xyzzy: "kcigraph serve --help" lists its flags.'],
    [['serve', '--port'], '--port needs a value: --port N.'],
    [['serve', '--port', '--config', 'x'], '--port needs a value: --port N.'],
    [['serve', '--port', '1', '--port', '2'], '--port was given 2 times; once is enough.'],
    [['serve', 'now'], '"kcigraph serve" takes flags only, and "now" was given.'],
    [['purge', '--yes=no', '--before', '2026-01-01'], '--yes takes no value, and "no" was given.'],
    [['purge'], '"kcigraph purge" needs --before TIME'],
    [['purge', '--before', 'yesterday'], 'and "yesterday" is neither.'],
    [['purge', '--before', '2026-01-01T00:00:00'], '--before must be a day or a time with its zone'],
    [['check', 'natve'], 'The configuration has no source "natve": did you mean "native"?'],
    [['serve', '--port', 'x'], '--port must be a port from 0 to 65535, and "x" is not.'],
    [['serve', '--config', 'no.yaml'], 'The file does not exist.'],
  ])('answers %j with exit code 2 and a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await say(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('prints the schema as it is', async () => {
    const schema = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    expect((await runCommand(['print-schema'], '/')).stdout).toBe(schema);
  });

  it('checks a configuration without starting anything', async () => {
    const folder = await configFolder({
      'kcigraph.yaml': 'sources: { a: { adapter: postgres, url: "postgres://db/x" } }\n',
    });
    expect(await runCommand(['check'], folder)).toMatchObject({
      code: 0,
      stdout: `Configuration: ${join(folder, 'kcigraph.yaml')}.\nThe configuration is valid. Sources: a (postgres).\n`,
    });
    const wrong = await configFolder({ 'kcigraph.yaml': 'surces: {}\nlog: { level: loud }\n' });
    const { code, stderr } = await runCommand(['check'], wrong);
    expect(code).toBe(2);
    expect(stderr).toContain('has 2 faults:');
  });
});
