import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

announceMissingSharedData('the inputs that once failed');

interface Case {
  readonly query: string;
  readonly queries: readonly string[];
  readonly documents: readonly object[];
  readonly file: Readonly<Record<string, object>>;
  readonly submit: object | readonly object[];
  readonly submit_raw: string;
}

function read(name: string): Case {
  return JSON.parse(readFileSync(sharedPath(`cases/${name}.json`), 'utf8'));
}

const NATIVE = 'native: { adapter: postgres, url: "embedded:./data" }';

/** A gateway over the native store and other sources, with the case's own documents in them. */
async function serve(other = '', files: Readonly<Record<string, object>> = {}): Promise<ServedGateway> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  const config = `sources:\n  ${NATIVE}\n${other}\nsubmit: { into: native, openSubmit: true }\n`;
  return await ServedGateway.start(config, { folder });
}

async function stop(gateway: ServedGateway): Promise<void> {
  await gateway.stop();
  await removeFolder(gateway.folder);
}

async function load(gateway: ServedGateway, submit: Case['submit']): Promise<void> {
  for (const document of [submit].flat()) {
    const answer = await gateway.submit(JSON.stringify(document));
    expect(answer.status, await answer.text()).toBe(200);
  }
}

describe.skipIf(!hasSharedData)('over the native store', () => {
  let gateway: ServedGateway;
  beforeAll(async () => {
    gateway = await serve();
  });
  afterAll(() => stop(gateway));

  const ask = async (name: string) => {
    const one = read(name);
    await load(gateway, one.submit);
    return await gateway.ask(one.query);
  };

  it('an issue that was ruled out explains nothing', async () => {
    const { data, errors } = await ask('04-hasincident-counts-ruled-out');
    expect(errors).toEqual([]);
    expect(data).toEqual({ tests: { nodes: ['p:t0', 'p:t2', 'p:t3'].map((id) => ({ id })) } });
  });

  it('a placeholder is no build', async () => {
    const { data } = await ask('05-dummy-build-never-finishes');
    expect(data).toEqual({ revision: { builds: { statusCounts: { pass: 1, none: 0, total: 1 } } } });
  });

  it('an issue keeps its incidents when it gets a new version', async () => {
    const { data } = await ask('07-issue-edit-hides-incidents');
    expect(data).toEqual({ issues: { nodes: [{ version: 20260501101105, incidents: { totalCount: 3 } }] } });
  });

  it('an empty text gives way to a real one', async () => {
    const { data } = await ask('08-empty-text-first');
    expect(data).toEqual({ build: { logExcerpt: 'error: it broke', comment: 'v1', conflicts: [] } });
  });

  it('paths are found by how they begin and by what they contain', async () => {
    const { data } = await ask('09-path-prefix');
    expect(data).toEqual({ tests: { nodes: [{ path: 'ltp.a' }] } });
    const paths = async (path: string) => {
      const answer = await gateway.ask(`{ tests(filter: { origin: ["m"], path: { ${path} } }) { nodes { path } } }`);
      const list = answer.data?.tests as { readonly nodes: readonly { readonly path: string }[] } | undefined;
      return list?.nodes.map((node) => node.path).sort();
    };
    expect(await paths('prefix: "ltp"')).toEqual(['ltp-commands.b', 'ltp-mm.c', 'ltp.a']);
    expect(await paths('contains: "MM.c"')).toEqual(['ltp-mm.c']);
  });

  it('a commit that is known only with patches says so', async () => {
    const { data, errors } = await ask('10-revision-known-only-patched');
    const patchsetHash = 'e'.repeat(64);
    expect(data).toEqual({ a: null, b: { nodes: [{ patchsetHash }] } });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, path: ['a'] });
    expect(errors[0]?.message).toContain(patchsetHash);
  });

  it('a message is found with and without the brackets of its id', async () => {
    const { data } = await ask('11-message-id-brackets');
    expect(data).toEqual({ a: { totalCount: 1 }, b: { totalCount: 1 } });
  });

  it('large integers of misc come back digit for digit', async () => {
    const one = read('12-misc-large-integers');
    expect((await gateway.submit(one.submit_raw)).status).toBe(200);
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: one.query }),
    });
    expect(await response.text()).toContain('"misc":{"ns":1753000000123456789}');
  });
});

describe.skipIf(!hasSharedData)('over the native store and files of another system', () => {
  let gateway: ServedGateway;
  beforeAll(async () => {
    const { file, submit } = read('03-ancestor-in-another-source');
    gateway = await serve('  maestro: { adapter: file, path: ./maestro }', file);
    await load(gateway, submit);
  });
  afterAll(() => stop(gateway));

  it('filters go by ancestors and incidents that only another source has', async () => {
    const { data, errors } = await gateway.ask(read('03-ancestor-in-another-source').query);
    expect(errors).toEqual([]);
    const total = (totalCount: number) => expect.objectContaining({ totalCount });
    expect(data).toEqual({
      revision: { all: total(2), arm64: total(2), mainline: total(2), known: total(1), unknown: total(1) },
      build: { tests: total(2) },
      tests: total(2),
    });
    expect(data?.revision).toMatchObject({ unknown: { nodes: [{ id: 'ti:t', incidents: { totalCount: 0 } }] } });
  });
});

describeWithMongo('over the native store and Maestro', () => {
  let gateway: ServedGateway;
  let mongo: OpenMongo;
  beforeAll(async () => {
    mongo = await openMongo();
    const nodes = ['01-maestro-dummy-build-tests-lost', '06-maestro-retries-all-count'].flatMap(
      (name) => read(name).documents,
    );
    await mongo.db.collection('node').insertMany(nodes.map((node) => EJSON.deserialize(node)));
    const url = `${mongo.url.replace(/\/?$/, '')}/${mongo.database}`;
    gateway = await serve(`  maestro: { adapter: maestro-mongo, url: "${url}" }`);
  }, MONGO_START_MS);
  afterAll(async () => {
    await stop(gateway);
    await mongo.drop();
  });

  it('tests without a build count for their commit', async () => {
    const { data, errors } = await gateway.ask(read('01-maestro-dummy-build-tests-lost').query);
    expect(errors).toEqual([]);
    expect(data?.revision).toMatchObject({ statusCounts: { verdict: 'FAIL', total: 3, pass: 1, fail: 2 } });
    expect(data?.tests).toMatchObject({ totalCount: 5 });
  });

  it('lists by what a source cannot filter are composed, and counted', async () => {
    const totals: (number | undefined)[] = [];
    for (const query of read('02-root-list-skips-source-silently').queries) {
      // The cases share a database: the other tree has a failure too.
      const own = query.replace('{hasIncident:false', '{gitCommitHash:{prefix:"1111"},hasIncident:false');
      const { data, errors, extensions } = await gateway.ask(own);
      expect([errors, extensions.warnings ?? []]).toEqual([[], []]);
      const [list] = Object.values(data ?? {}) as readonly { readonly totalCount: number }[];
      totals.push(list?.totalCount);
    }
    expect(totals).toEqual([2, 3, 1, 2]);
  });

  it('each attempt of a job says which it is', async () => {
    const { data } = await gateway.ask(read('06-maestro-retries-all-count').query);
    const revision = data?.revision as {
      readonly tests: { readonly nodes: readonly { readonly misc: object }[] };
    } | null;
    const misc = revision?.tests.nodes.map((node) => node.misc);
    expect(misc?.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toMatchObject([
      { retry_counter: 0 },
      { retry_counter: 1 },
    ]);
  });
});
