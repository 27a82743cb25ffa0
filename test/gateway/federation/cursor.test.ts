import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, subjectHash } from '../../../gateway/federation/list/cursor.ts';

const NAMES = ['native', 'cki', 'syzbot'];
const SUBJECT = { field: 'Query.tests', order: 'NEWEST', where: null, allVersions: false, sources: NAMES } as const;
const HASH = subjectHash(SUBJECT);

const TIME = fc.option(fc.constantFrom('2026-01-20T12:00:00.000000Z', '0001-01-01T00:00:00.000001Z'));
const TEXT = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\0'));
const KEY = fc.record({ time: TIME, tie: TEXT });
const PLACE = fc.oneof(KEY, fc.record({ time: TIME, tie: TEXT, mark: fc.string({ maxLength: 25 }) }));
const STATE = fc.record({
  furthest: fc.option(KEY),
  places: fc
    .uniqueArray(fc.constantFrom(...NAMES))
    .chain((names) =>
      fc
        .array(fc.option(PLACE), { minLength: names.length, maxLength: names.length })
        .map((places) => new Map(names.map((name, index) => [name, places[index] ?? null]))),
    ),
});

const decode = (cursor: string, hash = HASH) => decodeCursor(cursor, hash, new Set(NAMES));
const codeOf = (run: () => unknown) => {
  try {
    return run();
  } catch (error) {
    return error instanceof Error && 'extensions' in error ? error.extensions : error;
  }
};

describe('cursor', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(STATE, (state) => {
        expect(decode(encodeCursor(state, HASH))).toEqual(state);
      }),
    );
  });

  it('is refused with BAD_CURSOR where any of its characters is another', () => {
    fc.assert(
      fc.property(STATE, fc.nat(), fc.constantFrom(...'AZaz09-_ =.'), (state, at, character) => {
        const cursor = encodeCursor(state, HASH);
        const index = at % cursor.length;
        const damaged = cursor.slice(0, index) + character + cursor.slice(index + 1);
        fc.pre(damaged !== cursor);
        const outcome = codeOf(() => decode(damaged));
        // A letter of a tie may have become another letter: then it is a cursor, and of this list.
        if (outcome instanceof Error || !('furthest' in Object(outcome)))
          expect(outcome).toEqual({ code: 'BAD_CURSOR' });
      }),
    );
  });

  it.each([
    ['another field', { ...SUBJECT, field: 'Build.tests' }],
    ['another order', { ...SUBJECT, order: 'OLDEST' as const }],
    ['another filter', { ...SUBJECT, where: { status: { in: ['FAIL'] } } }],
    ['other sources', { ...SUBJECT, sources: ['native'] }],
    ['other versions', { ...SUBJECT, allVersions: true }],
  ])('of %s is refused with BAD_CURSOR', (_, other) => {
    const cursor = encodeCursor({ furthest: null, places: new Map() }, subjectHash(other));
    expect(codeOf(() => decode(cursor))).toEqual({ code: 'BAD_CURSOR' });
  });

  it('of the same filter written in another order is taken', () => {
    const where = { status: { in: ['FAIL'] }, startTime: { from: 'a', to: 'b' } };
    const same = { startTime: { to: 'b', from: 'a' }, status: { in: ['FAIL'] } };
    expect(subjectHash({ ...SUBJECT, where })).toBe(subjectHash({ ...SUBJECT, where: same }));
  });

  it.each([
    ['nothing', ''],
    ['no base64url', 'not a cursor!'],
    ['no JSON', Buffer.from('tests').toString('base64url')],
    ['no list', Buffer.from('{"a":1}').toString('base64url')],
    ['a list of a list of a list', Buffer.from('['.repeat(10_000) + ']'.repeat(10_000)).toString('base64url')],
    ['a time that is none', Buffer.from(JSON.stringify([HASH, ['yesterday', 'x']])).toString('base64url')],
    ['a tie that is none', Buffer.from(JSON.stringify([HASH, [null, 7]])).toString('base64url')],
    ['an unknown source', Buffer.from(JSON.stringify([HASH, null, ['acme']])).toString('base64url')],
    ['a source twice', Buffer.from(JSON.stringify([HASH, null, ['cki'], ['cki']])).toString('base64url')],
    [
      'a mark without bounds',
      Buffer.from(JSON.stringify([HASH, null, ['cki', null, 'x', 'm'.repeat(101)]])).toString('base64url'),
    ],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('that is %s is refused with BAD_CURSOR', (_, cursor) => {
    expect(codeOf(() => decode(cursor))).toEqual({ code: 'BAD_CURSOR' });
  });
});
