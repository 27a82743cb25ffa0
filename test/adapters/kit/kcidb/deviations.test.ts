import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../adapters/contract/adapter.ts';
import { upgrade, validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { hasReference, judgeByReference } from '../../../support/kcidb-io/reference.ts';

const withReference = hasReference();
const TEST = '"id":"a:t","origin":"a","build_id":"a:b"';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const v5 = (fields: string) => `{"version":{"major":5,"minor":3},"tests":[{${TEST},${fields}}]}`;
const v45 = (fields: string) => `{"version":{"major":4,"minor":5},"tests":[{${TEST},${fields}}]}`;
const checkout = (fields: string) =>
  `{"version":{"major":5,"minor":3},"checkouts":[{"id":"a:c","origin":"a",${fields}}]}`;
const issue = (version: string) =>
  `{"version":{"major":5,"minor":3},"issues":[{"id":"a:i","origin":"a","version":${version}}]}`;
const v11 = (fields: string) =>
  `{"version":"1","tests":[{"origin":"a","origin_id":"t","build_origin_id":"b",${fields}}]}`;

/** What docs/validation.md lists: refused here with this rule, though kcidb-io takes it. */
const DEVIATIONS: readonly (readonly [name: string, text: string, rule: string])[] = [
  ['a final newline in the version "1"', '{"version":"1\\n"}', 'version'],
  [
    'a final newline in an origin',
    '{"version":{"major":5},"tests":[{"id":"a:t","origin":"a\\n","build_id":"a:b"}]}',
    'pattern:origin',
  ],
  [
    'a final newline in an id up to 4.5',
    '{"version":{"major":4},"tests":[{"id":"a:t\\n","origin":"a","build_id":"a:b"}]}',
    'pattern:id',
  ],
  ['a final newline in a test path', v5('"path":"ltp\\n"'), 'pattern:path'],
  ['a final newline in a commit', checkout(`"git_commit_hash":"${COMMIT}\\n"`), 'pattern:commit'],
  ['a final newline in a patchset hash', checkout('"patchset_hash":"\\n"'), 'pattern:patchset'],
  ['a final newline in a time', v5('"start_time":"2026-02-01T12:00:00Z\\n"'), 'format:date-time'],
  ['a final newline in a URL', v5('"log_url":"https://a/\\n"'), 'format:uri'],
  ['a NUL in misc', v5('"misc":{"a":"x\\u0000"}'), 'storable'],
  ['a NUL in a key of misc', v5('"misc":{"x\\u0000":1}'), 'storable'],
  ['a lone surrogate', v5('"comment":"\\ud800"'), 'storable'],
  ['a lone surrogate in a key of misc', v5('"misc":{"\\udc00":1}'), 'storable'],
  ['nesting beyond 500', v5(`"misc":{"a":${'['.repeat(600)}${']'.repeat(600)}}`), 'storable'],
  ['a number beyond double', v5('"duration":1e999'), 'storable'],
  ['a number beyond double in misc', v5('"misc":{"a":-1e999}'), 'storable'],
  ['an issue version above 2^53 - 1', issue('9007199254740992'), 'storable'],
  ['a time before the year 1 of UTC', v5('"start_time":"0001-01-01T00:00:00+01:00"'), 'storable'],
  ['a time after the year 9999 of UTC', v45('"start_time":"9999-12-31T23:59:59-01:00"'), 'storable'],
  [
    'a commit of 2.0 that is no SHA-1',
    '{"version":{"major":2},"revisions":[{"id":"a:r","git_repository_commit_hash":"abc"}]}',
    'pattern:commit',
  ],
  [
    'a revision of 2.0 whose patchset is no SHA-256',
    '{"version":{"major":2},"revisions":[{"id":"a:r+p"}]}',
    'pattern:patchset',
  ],
  [
    'a file of 1.1 without a name',
    v11('"build_origin":"a","output_files":[{"name":"","url":"a:b"}]'),
    'pattern:resourceName',
  ],
  ['a build of 1.1 without an origin', v11('"build_origin":""'), 'pattern:id'],
];

function faultsOf(text: string): readonly Fault[] {
  const verdict = validate(JSON.parse(text));
  if (!verdict.valid) return verdict.faults;
  const upgraded = upgrade(verdict.document, verdict.rules);
  return upgraded.valid ? [] : upgraded.faults;
}

describe('refused here and not by kcidb-io', () => {
  it.each(DEVIATIONS)('is %s', (_name, text, rule) => {
    expect(faultsOf(text).map((found) => found.rule)).toEqual([rule]);
  });

  it.skipIf(!withReference)('is nothing that kcidb-io refuses too', async () => {
    const refused: string[] = [];
    let index = 0;
    for await (const { valid, upgraded, reason } of judgeByReference(DEVIATIONS.map(([, text]) => text))) {
      const name = DEVIATIONS[index++]?.[0];
      if (!valid || !upgraded) refused.push(`${name}: ${reason}`);
    }
    expect(refused).toEqual([]);
    expect(index).toBe(DEVIATIONS.length);
  });
});

describe('taken here though kcidb-io fails', () => {
  const text = '{"version":{"major":5.0,"minor":3.0},"tests":[]}';

  it('is a version whose numbers are written with a fraction of zero, which is the same number in JSON', () => {
    expect(faultsOf(text)).toEqual([]);
  });

  it.skipIf(!withReference)('is nothing that the schemas of kcidb-io refuse', async () => {
    const judgements = await Array.fromAsync(judgeByReference([text]));
    expect(judgements).toMatchObject([
      { valid: true, upgraded: null, reason: expect.stringContaining('AssertionError') },
    ]);
  });
});
