import type { KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';

/** A document with one thing changed, and what that was. */
export interface Mutant {
  readonly what: string;
  readonly document: unknown;
}

type Key = string | number;

const ANY_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  [],
  {},
  [null],
  ['x'],
  [[]],
  { a: 1 },
];
const HEX = '0123456789abcdef';
const STRINGS: readonly string[] = [
  ' ',
  '\n',
  'a\nb',
  'a:b',
  'a:',
  ':b',
  'a:b\nc',
  'A:b',
  '_:x',
  '0dayci:x',
  'a-b:c',
  'a:b:c',
  'a/b',
  'a b',
  'é',
  '😀',
  '1',
  '1.0',
  'a.b',
  '.a',
  'a.',
  'a..b',
  'a-b_c.D0',
  '.',
  '-',
  'x86_64',
  'X86',
  'PASS',
  'pass',
  'MISS',
  'DONE',
  'metric',
  'v1',
  'a,b',
  ',',
  'a b,c',
  'a'.repeat(16384),
  '😀'.repeat(16384),
  'é'.repeat(16385),
  HEX.repeat(3).slice(0, 40),
  HEX.repeat(4),
  HEX.repeat(5),
  HEX.repeat(3).slice(0, 40).toUpperCase(),
  HEX.repeat(3).slice(0, 39),
  HEX.repeat(3).slice(0, 41),
  `${HEX.repeat(3).slice(0, 40)}+${HEX.repeat(4)}`,
  `${HEX.repeat(3).slice(0, 40)}+`,
  `a:${HEX}+${HEX.repeat(4)}+x`,
  '0'.repeat(64),
];
const TIMES: readonly string[] = [
  '2026-02-01',
  '2026-02-01T12:30:00',
  '2026-02-01T12:30:00Z',
  '2026-02-01t12:30:00z',
  '2026-02-01 12:30:00Z',
  '2026-02-01T12:30Z',
  '2026-02-01T12:30:00.1Z',
  '2026-02-01T12:30:00.Z',
  '2026-02-01T12:30:00.123456789012Z',
  '2026-02-01T12:30:00,5Z',
  '2026-02-01T24:00:00Z',
  '2026-02-01T23:60:00Z',
  '2016-12-31T23:59:60Z',
  '2026-02-29T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2000-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '12026-01-01T00:00:00Z',
  '2026-02-01T12:30:00+00:00',
  '2026-02-01T12:30:00-00:00',
  '2026-02-01T12:30:00+23:59',
  '2026-02-01T12:30:00+24:00',
  '2026-02-01T12:30:00+0100',
  '2026-02-01T12:30:00+01',
  '2026-02-01T12:30:00+01:60',
  '2026-02-01T12:30:00 +01:00',
  ' 2026-02-01T12:30:00Z',
  '2026-02-01T12:30:00Z ',
  '٢026-02-01T12:30:00Z',
  '-2026-02-01T12:30:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
];
const URIS: readonly string[] = [
  'http://a',
  'https://',
  'https:',
  'https:/a',
  'https:a',
  ':a',
  '//a/b',
  '/a',
  'a',
  'a:',
  'urn:isbn:1',
  'HTTPS://a',
  'git://git.example.org/a.git',
  'ssh://git@a/b',
  'git+ssh://a',
  '1a://b',
  'a b://c',
  'https://a b',
  'https://a/b c',
  'https://a/%20',
  'https://a/%2',
  'https://a/%zz',
  'https://a/%',
  'https://é/',
  'https://a/é',
  'https://xn--9ca/',
  'https://a:80/',
  'https://a:/',
  'https://a:x/',
  'https://a:99999/',
  'https://u@a/',
  'https://u:p@a/',
  'https://u@v@a/',
  'https://@a',
  'https://[::1]/',
  'https://[::1]:8/',
  'https://[1:2:3:4:5:6:7:8]/',
  'https://[1:2:3:4:5:6:7::]/',
  'https://[1:2:3:4:5:6:7:8::]/',
  'https://[::2:3:4:5:6:7:8]/',
  'https://[::1:2:3:4:5:6:7:8]/',
  'https://[1::2::3]/',
  'https://[:1]/',
  'https://[1:]/',
  'https://[]/',
  'https://[::]',
  'https://[::1',
  'https://::1]/',
  'https://[::1]x/',
  'https://[12345::]/',
  'https://[::1.2.3.4]/',
  'https://[::1.2.3.256]/',
  'https://[::01.2.3.4]/',
  'https://[::001.2.3.4]/',
  'https://[1:2:3:4:5:6:1.2.3.4]/',
  'https://[1:2:3:4:5:6:7:1.2.3.4]/',
  'https://[::1.2.3]/',
  'https://[1.2.3.4::]/',
  'https://[1.2.3.4]/',
  'https://[::1%25eth0]/',
  'https://[v1.a]/',
  'https://[V1.a]/',
  'https://[v.a]/',
  'https://[v1.]/',
  'https://[vff.a:b]/',
  'https://u[@a/',
  'https://a[b]/',
  'https://a/[b]',
  'https://a/?[b]',
  'https://a/#[b]',
  'https://a/b#c#d',
  'https://a/b?c?d',
  'https://a/b?c#d?e',
  'https://a?b',
  'https://a#b',
  'https://a//b',
  'a:/b',
  'a:b/c',
  'a://',
  'a:///b',
  'a:?b',
  'a:#b',
  'https://a/"',
  'https://a/<',
  'https://a/>',
  'https://a/\\',
  'https://a/^',
  'https://a/`',
  'https://a/{',
  'https://a/|',
  "https://a/!$&'()*+,;=:@~-._",
  'https://a/\t',
  'https://a/\u007f',
  'https://a/\u00a0',
  'ſ://a',
  'https://a/?sig=%2B%3d',
  'mailto:a@b',
  'a+b-c.d1:x',
];
const EMAILS: readonly string[] = ['@', 'a@b', '<a@b>', 'a', 'a@b@c', 'é@é', '@\n@'];
const VERSIONS: readonly unknown[] = [
  '1',
  '1.1',
  '1.0',
  '2',
  '5.3',
  '',
  ' 1',
  '01',
  1,
  5,
  5.3,
  null,
  [],
  {},
  { major: 5 },
  { major: 4 },
  { major: 3 },
  { major: 2 },
  { major: 1 },
  { major: 1, minor: 0 },
  { major: 1, minor: 1 },
  { major: 1, minor: 2 },
  { minor: 3 },
  { major: 5, minor: 4 },
  { major: 5, minor: 3, patch: 0 },
  { major: '5', minor: 3 },
  { major: 5, minor: '3' },
  { major: 5, minor: null },
  { major: 5, minor: -1 },
  { major: 5, minor: 0.5 },
  { major: true, minor: true },
  { major: 6, minor: 0 },
  { major: 0, minor: 0 },
  { major: -5 },
  { major: 4, minor: 6 },
  { major: 5.5 },
  { Major: 5 },
  { major: 1, minor: true },
  { major: [5] },
];

/** Every mutant of a document: one change at each place of it. `otherKeys` are the keys of all versions. */
export function* mutantsOf(document: KcidbObject, otherKeys: Readonly<Record<string, unknown>>): Generator<Mutant> {
  for (const version of VERSIONS) {
    yield { what: `version = ${JSON.stringify(version)}`, document: { ...document, version } };
  }
  for (const value of [null, true, 1, 'x', [], {}, [document]]) yield { what: 'another document', document: value };
  for (const { path, value } of placesOf(document)) {
    const at = `/${path.join('/')}`;
    for (const [what, changed] of changesOf(path, value, otherKeys)) {
      yield { what: `${at} ${what}`, document: replaced(document, path, changed) };
    }
    if (path.length > 0 && typeof path.at(-1) === 'string') {
      yield { what: `${at} gone`, document: removed(document, path) };
      yield {
        what: `${at} renamed`,
        document: replaced(removed(document, path), [...path.slice(0, -1), `${path.at(-1)}s`], value),
      };
    }
  }
}

function* changesOf(
  path: readonly Key[],
  value: unknown,
  otherKeys: Readonly<Record<string, unknown>>,
): Generator<[string, unknown]> {
  for (const other of ANY_VALUES) yield [`= ${JSON.stringify(other)}`, other];
  if (typeof value === 'string') {
    for (const other of [...STRINGS, ...TIMES, ...URIS, ...EMAILS])
      yield [`= ${JSON.stringify(other).slice(0, 80)}`, other];
    for (const added of ['\n', '\r', '\u2028', '\u0085', ' ', '\0', '\ud800', 'x', 'é', '\u00a0']) {
      yield [`+ ${JSON.stringify(added)}`, value + added];
      yield [`${JSON.stringify(added)} +`, added + value];
      yield [`with ${JSON.stringify(added)} inside`, `${value.slice(0, 2)}${added}${value.slice(2)}`];
    }
    yield ['in capitals', value.toUpperCase()];
  } else if (typeof value === 'number') {
    for (const other of [-0, -1, 0.5, 1e15, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 1e22, String(value)])
      yield [`= ${JSON.stringify(other)}`, other];
  } else if (Array.isArray(value)) {
    yield ['twice as long', [...value, ...value]];
    yield ['with null', [...value, null]];
    yield ['as object', { ...value }];
  } else if (typeof value === 'object' && value !== null && path.at(-1) !== 'misc') {
    for (const [key, other] of Object.entries(otherKeys)) {
      if (!Object.hasOwn(value, key)) yield [`with ${key}`, { ...value, [key]: other }];
    }
    for (const key of ['', '_x', 'constructor', '__proto__', 'toString', 'ID', 'id ', 'a\nb', 'a/b~c', '0', '\0']) {
      // Own key, as a JSON parser makes it, also for __proto__.
      yield [`with ${JSON.stringify(key)}`, Object.fromEntries([...Object.entries(value), [key, 'x']])];
    }
  }
}

function* placesOf(root: unknown): Generator<{ path: Key[]; value: unknown }> {
  const places: { path: Key[]; value: unknown }[] = [{ path: [], value: root }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    yield place;
    const { path, value } = place;
    if (typeof value !== 'object' || value === null || path[0] === 'version') continue;
    for (const [key, child] of Object.entries(value)) {
      places.push({ path: [...path, Array.isArray(value) ? Number(key) : key], value: child });
    }
  }
}

function replaced(root: unknown, path: readonly Key[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) return root.map((child, index) => (index === key ? replaced(child, rest, value) : child));
  const fields = typeof root === 'object' && root !== null ? Object.entries(root) : [];
  const child = fields.find(([name]) => name === key)?.[1];
  return Object.fromEntries([...fields.filter(([name]) => name !== key), [key, replaced(child, rest, value)]]);
}

function removed(root: unknown, path: readonly Key[]): unknown {
  const [key, ...rest] = path;
  if (Array.isArray(root)) return root.map((child, index) => (index === key ? removed(child, rest) : child));
  const fields = typeof root === 'object' && root !== null ? Object.entries(root) : [];
  const kept = rest.length === 0 ? fields.filter(([name]) => name !== key) : fields;
  return Object.fromEntries(kept.map(([name, child]) => [name, name === key ? removed(child, rest) : child]));
}
