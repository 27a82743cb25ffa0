import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapter as cki } from '../../../adapters/cki/adapter.ts';
import { adapter as syzbot } from '../../../adapters/syzbot/adapter.ts';
import { adapter as file } from '../../../adapters/template/adapter.ts';
import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { answerWith, FaultyServer } from '../../support/faulty-server.ts';
import { IMPATIENT, startFaultGateway } from './fault-gateway.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PAGE = '<!doctype html><title>Maintenance</title>';

/** What is answered to everything that is asked. */
const ANSWERS = [
  ['a page', 200, HTML, PAGE],
  ['a page that calls itself JSON', 200, JSON_TYPE, PAGE],
  ['an empty body', 200, JSON_TYPE, ''],
  ['an empty object', 200, JSON_TYPE, '{}'],
  ['an empty list', 200, JSON_TYPE, '[]'],
  ['null', 200, JSON_TYPE, 'null'],
  ['a text', 200, JSON_TYPE, '"x"'],
  ['half a JSON', 200, JSON_TYPE, '{"version":1,"count":0,"results":[],"Bugs":['],
  ['a list of what is nothing', 200, JSON_TYPE, '{"version":1,"next":null,"results":[1],"Bugs":[1]}'],
  ['a list of empty objects', 200, JSON_TYPE, '{"version":1,"next":null,"results":[{}],"Bugs":[{}]}'],
  ['a way to a login page', 302, { location: '/login', ...HTML }, PAGE],
  ['no content', 204, {}, ''],
  ['the right body under another type', 200, HTML, '{"version":1,"next":null,"results":[],"Bugs":[]}'],
] as const;

const COMMIT = 'a'.repeat(40);
const QUERY = `{
  issues { nodes { id } }
  checkouts { nodes { id } }
  revision(gitCommitHash: "${COMMIT}") { gitCommitHash }
}`;

const SOURCES: Readonly<Record<string, (url: string) => SourceConfig>> = {
  cki: (url) => ({ name: 'cki', adapter: 'cki', options: cki.options.parse({ url }), rate: null }),
  syzbot: (url) => ({
    name: 'syzbot',
    adapter: 'syzbot',
    options: syzbot.options.parse({ url, patience: 300 }),
    rate: null,
  }),
  file: (url) => ({ name: 'file', adapter: 'file', options: file.options.parse({ url: `${url}/documents` }) }),
};

describe.each(Object.entries(SOURCES))('the source %s', (name, sourceAt) => {
  const server = new FaultyServer('');
  beforeAll(() => server.listen());
  afterAll(() => server.close());

  it.each(ANSWERS)('that answers %s fails, and does not look empty', async (_, status, headers, body) => {
    server.fault = answerWith(status, headers, () => body);
    await using gateway = await openGateway([
      { ...sourceAt(new URL(server.url).origin), ...IMPATIENT, timeout: 2_000 },
    ]);
    const { errors, extensions, text } = await gateway.ask(QUERY);
    expect(new Set(errors.map(({ path }) => path[0])), text).toEqual(new Set(['issues', 'checkouts', 'revision']));
    for (const { message, extensions } of errors) {
      expect(extensions.source).toBe(name);
      expect(extensions.code).toMatch(/^SOURCE_(BAD_DATA|UNAVAILABLE)$/);
      expect(message).not.toMatch(/127\.0\.0\.1|https?:|Maintenance<|<title>/);
    }
    expect(extensions.sources[name]?.state).toBe('DEGRADED');
  });
});

async function openGateway(sources: readonly SourceConfig[]) {
  const gateway = await startFaultGateway(sources);
  return { ask: gateway.ask, [Symbol.asyncDispose]: () => gateway.close() };
}
