import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../adapters/contract/adapter.ts';
import { VERSIONS } from '../../../../adapters/kit/kcidb/rules/versions.ts';
import { rulesOf } from '../../../../adapters/kit/kcidb/validator.ts';
import { validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { FULL_DOCUMENTS } from './full-documents.ts';

const LATEST = { major: 5, minor: 3 };
const TEST = { id: 'acme:t', origin: 'acme', build_id: 'acme:b' };

function faultsOf(document: unknown): readonly Fault[] {
  const verdict = validate(document);
  return verdict.valid ? [] : verdict.faults;
}

function faultsOfTest(fields: Record<string, unknown>): readonly Fault[] {
  return faultsOf({ version: LATEST, tests: [TEST, { ...TEST, ...fields }] });
}

describe('a document', () => {
  it.each(Object.entries(FULL_DOCUMENTS))('of version %s is valid with all its fields', (name, document) => {
    const verdict = validate(document);
    expect(verdict).toMatchObject({ valid: true });
    if (verdict.valid) expect(`${verdict.rules.version.major}.${verdict.rules.version.minor}`).toBe(name);
  });

  it.each([null, true, 5, 'x', [], [{ version: LATEST }]])('that is %j is refused as no object', (document) => {
    expect(faultsOf(document)).toMatchObject([{ path: '', rule: 'type' }]);
  });

  it('may hold nothing but its version', () => {
    expect(faultsOf({ version: LATEST })).toEqual([]);
  });

  it('must say its version, in a known form', () => {
    expect(faultsOf({})).toMatchObject([{ path: '', rule: 'version', message: expect.stringContaining('"version"') }]);
    expect(faultsOf({ version: { major: 6, minor: 0 } })).toMatchObject([
      { path: '/version', rule: 'version', message: expect.stringContaining('no version 6.0') },
    ]);
    expect(faultsOf({ version: '5.3' })).toMatchObject([{ path: '/version', rule: 'version', value: '5.3' }]);
    expect(faultsOf({ version: { major: 5, minor: '3' } })).toMatchObject([{ path: '/version/minor', value: '3' }]);
    expect(faultsOf({ version: { major: 5, minor: 3, patch: 1 } })).toMatchObject([{ path: '/version/patch' }]);
  });

  it('names its lists in the plural, and is told so', () => {
    expect(faultsOf({ version: LATEST, issue: [], incident: [] })).toMatchObject([
      { path: '/issue', rule: 'additionalProperties', message: expect.stringContaining('did you mean "issues"?') },
      {
        path: '/incident',
        rule: 'additionalProperties',
        message: expect.stringContaining('did you mean "incidents"?'),
      },
    ]);
  });

  it('is told to which versions a field belongs', () => {
    expect(faultsOf({ version: LATEST, revisions: [] })[0]?.message).toContain('from 1.1 to 3.0');
    expect(faultsOfTest({ waived: true })[0]?.message).toContain('from 1.1 to 4.5');
  });

  it('has lists and objects where they belong', () => {
    expect(faultsOf({ version: LATEST, tests: {} })).toMatchObject([{ path: '/tests', rule: 'type' }]);
    expect(faultsOf({ version: LATEST, tests: [null, [], 1] })).toMatchObject([
      { path: '/tests/0', rule: 'type' },
      { path: '/tests/1', rule: 'type' },
      { path: '/tests/2', rule: 'type' },
    ]);
  });

  it('is told a hundred faults at most', () => {
    const tests = Array.from({ length: 500 }, () => ({ ...TEST, status: 'BAD' }));
    expect(faultsOf({ version: LATEST, tests })).toHaveLength(100);
  });
});

describe('a fault', () => {
  it('names the allowed values, and the one that was meant', () => {
    expect(faultsOfTest({ status: 'PASSED' })).toEqual([
      {
        path: '/tests/1/status',
        rule: 'enum',
        message: '"status" must be one of FAIL, ERROR, MISS, PASS, DONE, SKIP, not "PASSED". Did you mean "PASS"?',
        value: 'PASSED',
      },
    ]);
  });

  it('names the key that a typo was meant for', () => {
    expect(faultsOfTest({ stauts: 'PASS' })).toMatchObject([
      {
        path: '/tests/1/stauts',
        rule: 'additionalProperties',
        message: expect.stringContaining('"status"'),
        value: 'PASS',
      },
    ]);
  });

  it('says that there is no null', () => {
    expect(faultsOfTest({ comment: null })).toMatchObject([
      { path: '/tests/1/comment', rule: 'type', message: expect.stringContaining('leave out'), value: null },
    ]);
  });

  it.each([
    [{ id: 'nocolon' }, '/tests/1/id', 'pattern:id'],
    [{ path: 'a..b' }, '/tests/1/path', 'pattern:path'],
    [{ start_time: '2026-02-01T12:00:00' }, '/tests/1/start_time', 'format:date-time'],
    [{ log_url: 'x y' }, '/tests/1/log_url', 'format:uri'],
    [{ log_excerpt: '😀'.repeat(16385) }, '/tests/1/log_excerpt', 'maxLength'],
    [{ duration: '12' }, '/tests/1/duration', 'type'],
    [{ number: { unit: 's' } }, '/tests/1/number', 'required'],
    [{ output_files: [{ name: 'a/b', url: 'a:b' }] }, '/tests/1/output_files/0/name', 'pattern:resourceName'],
    [{ environment: { compatible: ['a b'] } }, '/tests/1/environment/compatible/0', 'pattern:compatible'],
    [{ start_time: '0001-01-01T00:00:00+01:00' }, '/tests/1/start_time', 'storable'],
  ])('of %j lies at %s and is called %s', (fields, path, rule) => {
    expect(faultsOfTest(fields).map((found) => [found.path, found.rule])).toEqual([[path, rule]]);
  });

  it('is one for each thing that is wrong with an object', () => {
    const found = faultsOf({ version: LATEST, tests: [{ id: 'x', status: 1, x: 1, comment: '\0' }] });
    expect(found.map(({ path, rule }) => `${path} ${rule}`).sort()).toEqual([
      '/tests/0 required',
      '/tests/0 required',
      '/tests/0/comment storable',
      '/tests/0/id pattern:id',
      '/tests/0/status type',
      '/tests/0/x additionalProperties',
    ]);
  });

  it('shows long values cut short, control characters as escapes, and escapes slashes in its path', () => {
    const [found] = faultsOfTest({ [`a/b~${'c'.repeat(200)}`]: `\u0007${'x'.repeat(1000)}` });
    expect(found?.path).toMatch(/^\/tests\/1\/a~1b~0c+…$/);
    expect(found?.value).toMatch(/^\\u0007x+…$/);
    expect(JSON.stringify(found).length).toBeLessThan(1000);
  });

  it('is told of a number that overflowed once only', () => {
    expect(faultsOfTest({ duration: Number.POSITIVE_INFINITY })).toMatchObject([
      { path: '/tests/1/duration', rule: 'storable' },
    ]);
  });

  it('is told of an issue version that JSON parsers round', () => {
    const issue = { id: 'acme:i', origin: 'acme', version: 2 ** 53 };
    expect(faultsOf({ version: LATEST, issues: [issue] })).toMatchObject([
      { path: '/issues/0/version', rule: 'storable' },
    ]);
    expect(faultsOf({ version: LATEST, issues: [{ ...issue, version: 2 ** 53 - 1 }] })).toEqual([]);
  });
});

describe('hostile documents', () => {
  it('with a million wrong members are refused without a million errors', () => {
    const wide = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`k${index}`, 1]));
    expect(faultsOfTest(wide)).toHaveLength(1);
    expect(faultsOfTest({ output_files: Array.from({ length: 300_000 }, () => 1) })).toHaveLength(1);
  });

  it('with megabytes in one string are judged in linear time and without stack', () => {
    const started = performance.now();
    expect(faultsOfTest({ path: 'a.'.repeat(2_000_000) })).toHaveLength(1);
    expect(faultsOfTest({ path: `${'a.'.repeat(2_000_000)}a` })).toEqual([]);
    expect(faultsOfTest({ environment: { compatible: [`${'a,'.repeat(1_000_000)} `] } })).toHaveLength(1);
    expect(faultsOfTest({ ['x'.repeat(4_000_000)]: 1 })).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('with keys of JavaScript objects are refused like any other', () => {
    const document: unknown = JSON.parse(
      '{"version":{"major":5,"minor":3},"__proto__":[],"tests":[{"id":"a:t","origin":"a","build_id":"a:b","__proto__":{},"constructor":1}]}',
    );
    expect(faultsOf(document).map(({ path }) => path)).toEqual([
      '/__proto__',
      '/tests/0/__proto__',
      '/tests/0/constructor',
    ]);
  });
});

describe('the rules of a version', () => {
  it('judge a document part by part as they judge it whole', () => {
    const document: Record<string, unknown> = {
      version: LATEST,
      tests: [TEST, { ...TEST, id: 1 }],
      issue: [],
      builds: 3,
    };
    const rules = rulesOf(VERSIONS.at(-1)!);
    const parts: (Fault | null)[] = [];
    for (const [key, value] of Object.entries(document)) {
      parts.push(rules.keyFault(key, value));
      if (!rules.isList(key)) continue;
      parts.push(rules.listFault(key, value));
      if (Array.isArray(value))
        for (const [index, object] of value.entries()) parts.push(...rules.objectFaults(key, index, object));
    }
    expect(parts.filter((part) => part !== null)).toEqual(faultsOf(document));
  });
});
