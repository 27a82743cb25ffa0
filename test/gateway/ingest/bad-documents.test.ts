import { describe, expect, it } from 'vitest';
import { MemoryBytes } from '../../../adapters/kit/json/byte-source.ts';
import { judgeBytes } from '../../../gateway/ingest/validate-document.ts';
import { documentOfTests } from './documents.ts';

const HEAD = '{"version":{"major":5,"minor":3},"tests":[{"id":"acme:1","origin":"acme","build_id":"acme:b"';
const withMisc = (misc: string) => `${HEAD},"misc":${misc}}]}`;

interface Case {
  readonly what: string;
  readonly body: string | Buffer;
  readonly path: string;
  readonly rule: string;
  readonly message: RegExp;
}

/** What a person sends by mistake, and the sentence that helps. */
const CASES: readonly Case[] = [
  { what: 'an empty document', body: '', path: '', rule: 'json', message: /is empty.*"version"/ },
  { what: 'blanks only', body: ' \n\t', path: '', rule: 'json', message: /is empty/ },
  { what: 'what is not JSON', body: '<html>', path: '', rule: 'json', message: /line 1, column 1, a value .* "<"/ },
  {
    what: 'a comma too much',
    body: '{"version": 1,\n }',
    path: '/version',
    rule: 'json',
    message: /line 2, column 2, a key in double quotes/,
  },
  { what: 'single quotes', body: "{'version': 1}", path: '', rule: 'json', message: /a key in double quotes.* "'"/ },
  {
    what: 'an unescaped line break',
    body: '{"a":"x\ny"}',
    path: '/a',
    rule: 'json',
    message: /an escape such as \\n should stand/,
  },
  {
    what: 'something behind the document',
    body: '{"version":1} {',
    path: '',
    rule: 'json',
    message: /complete before line 1, column 15, and "\{" follows/,
  },
  {
    what: 'a fault deep within',
    body: withMisc('{"x":[1,tru]}'),
    path: '/tests/0/misc/x/1',
    rule: 'json',
    message: /true, false or null/,
  },
  {
    what: 'a document cut in half',
    body: HEAD.slice(0, 60),
    path: '/tests/0',
    rule: 'json',
    message: /ends at line 1, column 61.*it was cut off/,
  },
  {
    what: 'a document cut within a character',
    body: Buffer.from('{"a":"é').subarray(0, 7),
    path: '/a',
    rule: 'storable',
    message: /not UTF-8: byte 6/,
  },
  { what: 'a byte order mark', body: '\ufeff{"version":1}', path: '', rule: 'json', message: /byte order mark/ },
  {
    what: 'UTF-16',
    body: Buffer.from('\ufeff{}', 'utf16le'),
    path: '',
    rule: 'storable',
    message: /UTF-16: send it as UTF-8/,
  },
  { what: 'gzip', body: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), path: '', rule: 'json', message: /compressed by gzip/ },
  {
    what: 'Latin 1',
    body: Buffer.from(withMisc('{"x":"caf\xe9"}'), 'latin1'),
    path: '/tests/0/misc/x',
    rule: 'storable',
    message: /not UTF-8: byte 109, at line 1, column 110, is 0xe9/,
  },
  {
    what: 'a raw NUL',
    body: withMisc('{"x":"\0"}'),
    path: '/tests/0/misc/x',
    rule: 'storable',
    message: /a byte 0 at line 1/,
  },
  {
    what: 'an escaped NUL',
    body: withMisc('{"x":"a\\u0000"}'),
    path: '/tests/0/misc/x',
    rule: 'storable',
    message: /U\+0000/,
  },
  {
    what: 'a NUL in a key',
    body: withMisc('{"a\\u0000":1}'),
    path: '/tests/0/misc/a\\u0000',
    rule: 'storable',
    message: /In a key.*U\+0000/,
  },
  {
    what: 'a lone surrogate',
    body: withMisc('{"x":"\\ud800"}'),
    path: '/tests/0/misc/x',
    rule: 'storable',
    message: /half of a surrogate pair/,
  },
  {
    what: 'a lone surrogate written as bytes',
    body: Buffer.concat([Buffer.from(`${HEAD},"comment":"`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}]}')]),
    path: '/tests/0/comment',
    rule: 'storable',
    message: /not UTF-8/,
  },
  {
    what: 'a number beyond double',
    body: withMisc('{"x":[-1e999]}'),
    path: '/tests/0/misc/x/0',
    rule: 'storable',
    message: /double/,
  },
  {
    what: 'a document that is a list',
    body: '[]',
    path: '',
    rule: 'type',
    message: /JSON object with a "version", not a list/,
  },
  { what: 'a document that is a string', body: '"x"', path: '', rule: 'type', message: /not a string/ },
  { what: 'a document that is null', body: ' null', path: '', rule: 'type', message: /not null/ },
  { what: 'no version', body: '{"tests":[]}', path: '', rule: 'version', message: /has no "version"/ },
  {
    what: 'an unknown version',
    body: '{"version":{"major":6,"minor":0}}',
    path: '/version',
    rule: 'version',
    message: /no version 6\.0/,
  },
  {
    what: 'a singular list',
    body: '{"version":{"major":5,"minor":3},"issue":[]}',
    path: '/issue',
    rule: 'additionalProperties',
    message: /did you mean "issues"\?/,
  },
  {
    what: 'a list that is none',
    body: '{"version":{"major":5,"minor":3},"tests":{}}',
    path: '/tests',
    rule: 'type',
    message: /must be a list/,
  },
  {
    what: 'a time without a zone',
    body: `${HEAD},"start_time":"2026-01-02T03:04:05"}]}`,
    path: '/tests/0/start_time',
    rule: 'format:date-time',
    message: /zone/,
  },
  {
    what: 'an id without an origin',
    body: `${HEAD.replace('acme:1', 'one')}}]}`,
    path: '/tests/0/id',
    rule: 'pattern:id',
    message: /"one"/,
  },
  {
    what: 'thousands of keys at the top',
    body: `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
    path: '',
    rule: 'additionalProperties',
    message: /more than 10000 keys/,
  },
];

function judge(body: string | Buffer, origins: readonly string[] | null = null) {
  return judgeBytes(
    new MemoryBytes(Buffer.from(body)),
    origins,
    () => {},
    () => false,
  );
}

describe('a refusal says what is wrong and where', () => {
  it.each(CASES)('$what', ({ body, path, rule, message }) => {
    const judgement = judge(body);
    expect(judgement).toMatchObject({ verdict: 'invalid', faults: [{ path, rule }] });
    expect('faults' in judgement ? judgement.faults[0]?.message : '').toMatch(message);
  });
});

describe('nesting', () => {
  const nested = (depth: number) => withMisc(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);

  it('is taken up to 500 levels, the document being the first', () => {
    expect(judge(nested(496)).verdict).toBe('accepted');
    expect(judge(nested(497))).toMatchObject({ verdict: 'invalid', faults: [{ rule: 'storable' }] });
  });

  it.each([10_000, 1_000_000])('of %i levels is refused at its place, not by an overflow', (depth) => {
    for (const body of [nested(depth), '['.repeat(depth), '{"a":'.repeat(depth)]) {
      const judgement = judge(body);
      expect(judgement).toMatchObject({ verdict: 'invalid', faults: [{ rule: 'storable' }] });
      expect(JSON.stringify(judgement).length).toBeLessThan(4000);
    }
  });
});

describe('the last value of a repeated key counts', () => {
  it('for lists, whatever stood there before', () => {
    const body = `{"tests":[{"broken":1}],"version":4,"tests":[],"version":{"major":5,"minor":3}}`;
    expect(judge(body).verdict).toBe('accepted');
    expect(judge('{"tests":[],"version":{"major":5,"minor":3},"t\\u0065sts":1}').verdict).toBe('invalid');
  });

  it('within objects', () => {
    expect(judge(`${HEAD},"status":"NO","status":"PASS"}]}`).verdict).toBe('accepted');
  });
});

it('lists a hundred faults at most, whatever the document has', () => {
  const judgement = judge(JSON.stringify(documentOfTests(1000, 'acme', { status: 'GOOD', path: 7 })));
  expect('faults' in judgement ? judgement.faults : []).toHaveLength(100);
});

describe('origins', () => {
  it('of others are refused, each with its place', () => {
    expect(judge(JSON.stringify(documentOfTests(2, 'other')), ['acme'])).toMatchObject({
      verdict: 'foreign',
      faults: [
        { path: '/tests/0/origin', rule: 'origin', value: 'other' },
        { path: '/tests/1/origin', rule: 'origin' },
      ],
    });
  });

  it('do not matter where the document is not valid either', () => {
    const judgement = judge(JSON.stringify(documentOfTests(200, 'other', { status: 'GOOD' })), ['acme']);
    expect(judgement.verdict).toBe('invalid');
    expect('faults' in judgement ? judgement.faults[0]?.rule : '').toBe('enum');
    const last = documentOfTests(200, 'other');
    expect(judge(JSON.stringify({ ...last, tests: [...last.tests, {}] }), ['acme']).verdict).toBe('invalid');
  });

  it('stand in the id before version 3.0', () => {
    const body = { version: { major: 2, minor: 0 }, tests: [{ id: 'other:1', build_id: 'acme:b' }] };
    expect(judge(JSON.stringify(body), ['acme'])).toMatchObject({
      verdict: 'foreign',
      faults: [{ path: '/tests/0/id' }],
    });
    expect(judge(JSON.stringify(body), ['other']).verdict).toBe('accepted');
  });

  it("of what the upgrade makes are nobody's business, and are when they were sent", () => {
    const waived = {
      version: { major: 4, minor: 0 },
      tests: [{ id: 'acme:1', origin: 'acme', build_id: 'acme:b', waived: true }],
    };
    expect(judge(JSON.stringify(waived), ['acme']).verdict).toBe('accepted');
    const sent = { version: { major: 5, minor: 3 }, issues: [{ id: '_:waived', version: 1, origin: '_' }] };
    expect(judge(JSON.stringify(sent), ['acme']).verdict).toBe('foreign');
    expect(judge(JSON.stringify(sent), ['_']).verdict).toBe('accepted');
    expect(judge(JSON.stringify(sent), null).verdict).toBe('accepted');
  });
});
