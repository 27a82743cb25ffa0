import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedGateway } from '../../support/served-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** Integers that no double holds, as deep as misc goes, beside numbers that one does. */
const MISC =
  '{"ns":1753000000123456789,"below":[[-9007199254740993,{"max":18446744073709551615}]],"long":123456789012345678901234567890,"plain":9007199254740992,"half":0.5}';
const DIGITS = ['1753000000123456789', '-9007199254740993', '18446744073709551615', '123456789012345678901234567890'];
const CONFIG = `sources:
  native: { adapter: postgres, url: "embedded:./data" }
  files: { adapter: file, path: ./documents }
submit: { into: native, openSubmit: true }
`;

const documentOf = (id: string, misc: string, origin = 'm', more = '') =>
  `{"version":{"major":5,"minor":3},"tests":[{"id":"${id}","origin":"${origin}","build_id":"m:b","misc":${misc},"environment":{"misc":${misc}}${more}}]}`;

describe('integers of misc beyond 2^53', { timeout: 120_000 }, () => {
  let folder: string;
  let gateway: ServedGateway;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, 'documents'));
    await writeFile(join(folder, 'documents', 'a.json'), documentOf('m:file', MISC));
    await writeFile(join(folder, 'documents', 'b.ndjson'), `${documentOf('m:line', MISC)}\n`);
    gateway = await ServedGateway.start(CONFIG, { folder });
  }, 120_000);
  afterAll(async () => {
    await gateway.stop();
    await removeFolder(folder);
  });

  /** The answer as text: whoever parses it sees rounded numbers. */
  const answer = async (query: string, variables = '{}') => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
    });
    return await response.text();
  };
  const shown = (id: string) => answer(`{ test(id: "${id}") { misc environment { misc } } }`);
  const stored = async (document: string) => expect((await gateway.submit(document)).status).toBe(200);
  /** `misc` and `environment.misc` have the keys in an order of the store's own. */
  const expectDigits = (text: string) => {
    for (const digits of DIGITS) expect(text.match(new RegExp(`[:\\[]${digits}[,\\]}]`, 'g'))).toHaveLength(2);
    expect(text).toContain('"plain":9007199254740992');
    expect(text).toContain('"half":0.5');
  };

  it('come back digit for digit through the store, however often they are asked for', async () => {
    await stored(documentOf('m:1', MISC));
    for (const _ of [1, 2, 3]) expectDigits(await shown('m:1'));
    const list = await answer(
      '{ tests(filter: {id: "m:1"}, sources: ["native"]) { nodes { misc environment { misc } } } }',
    );
    expectDigits(list);
  });

  it('are the same when the document comes again', async () => {
    await stored(documentOf('m:again', MISC));
    await stored(documentOf('m:again', MISC));
    expect(await answer('{ test(id: "m:again") { conflicts { field } } }')).toContain('"conflicts":[]');
  });

  it('are kept apart in conflicts, where they differ in the last digit alone', async () => {
    await stored(documentOf('m:2', '{"ns":1753000000123456789}'));
    await stored(documentOf('m:2', '{"ns":1753000000123456788}'));
    const text = await answer('{ test(id: "m:2") { conflicts { field values { value } } } }');
    expect(text).toContain('{"value":1753000000123456789},{"value":1753000000123456788}');
  });

  it('come back through a document that a worker thread reads', async () => {
    const filler = `,"log_url":"https://a/","comment":"${'x'.repeat(300 * 1024)}"`;
    await stored(documentOf('m:large', MISC, 'm', filler));
    expectDigits(await shown('m:large'));
  });

  it('come back through the mutation, as a variable and written into the query', async () => {
    const submit = 'mutation($document: JSON!) { submit(document: $document) { status } }';
    const sent = await answer(submit, `{"document":${documentOf('m:variable', MISC)}}`);
    expect(sent).toContain('"status":"ok"');
    expectDigits(await shown('m:variable'));
    const literal = documentOf('m:literal', MISC).replace(/"(\w+)":/g, '$1:');
    expect(await answer(`mutation { submit(document: ${literal}) { status } }`)).toContain('"status":"ok"');
    expectDigits(await shown('m:literal'));
  });

  it.each(['m:file', 'm:line'])('come back through the file adapter (%s)', async (id) => {
    expectDigits(await shown(id));
  });

  it('agree or differ between two sources by their digits', async () => {
    await stored(documentOf('m:file', MISC));
    await stored(documentOf('m:line', MISC.replace('6789,', '6788,')));
    const conflicts = (id: string) =>
      answer(`{ test(id: "${id}") { sources misc conflicts { field values { value } } } }`);
    expect(await conflicts('m:file')).toContain('"conflicts":[]');
    expect(await conflicts('m:line')).toContain('{"value":1753000000123456788},{"value":1753000000123456789}');
  });

  it('are refused where no double reaches', async () => {
    for (const number of [`1${'0'.repeat(309)}`, '1e400']) {
      const answer = await gateway.submit(documentOf('m:beyond', `{"deep":[${number}]}`));
      expect(answer.status).toBe(400);
      const { errors } = await answer.json();
      expect(errors).toContainEqual(expect.objectContaining({ path: '/tests/0/misc/deep/0', rule: 'storable' }));
    }
    await stored(documentOf('m:most', `{"deep":[1${'0'.repeat(308)}]}`));
    expect(await shown('m:most')).toContain(`[1${'0'.repeat(308)}]`);
  });

  it('are rounded outside of misc, where a field holds a double', async () => {
    await stored(
      documentOf('m:number', '{}', 'm', ',"duration":1753000000123456789,"number":{"value":1753000000123456789}'),
    );
    const text = await answer('{ test(id: "m:number") { duration number { value } } }');
    expect(text).toContain('"duration":1753000000123456800,"number":{"value":1753000000123456800}');
    const filtered =
      'query($from: Float) { tests(filter: {duration: {from: $from}}, sources: ["native"]) { nodes { id } } }';
    expect(await answer(filtered, '{"from":1753000000123456000}')).toContain('m:number');
  });
});
