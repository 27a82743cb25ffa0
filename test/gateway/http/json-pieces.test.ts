import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactInteger } from '../../../adapters/contract/exact-json.ts';
import { jsonPieces } from '../../../gateway/http/json-pieces.ts';

const written = async (value: unknown) => Buffer.concat(await Array.fromAsync(jsonPieces(value)));
/** Much more than is written in one go. */
const many = <T>(value: T): T[] => Array.from({ length: 30_000 }, () => value);
const bare = (object: object): object => Object.assign(Object.create(null), object);

describe('JSON in pieces is that of JSON.stringify:', () => {
  it.each<[string, unknown]>([
    ['many small objects', { data: { nodes: many({ id: 'a:1', n: 1.5, none: null, yes: true }) } }],
    ['objects without a prototype', bare({ data: many(bare({ id: 'é"\\\n', list: [] })) })],
    ['members and items that have no JSON', { a: undefined, list: many(undefined), f: () => {}, z: [[], {}] }],
    ['integers that no double holds', many({ n: exactInteger('123456789012345678901') })],
    ['a long text of characters of two halves', { text: `x${'😀'.repeat(200_000)}`, lone: many('\ud800') }],
    ['a text that ends in half a character at a border', '\ud800'.repeat(400_000)],
    ['a long key', { ['k"'.repeat(200_000)]: 1 }],
    ['an object of many members', Object.fromEntries(many(0).map((_, index) => [`key${index}`, [index]]))],
    ['what tells its own JSON', { at: new Date(0), bytes: Buffer.alloc(100_000, 1) }],
    ['numbers that are none', many([Number.NaN, Infinity, -0])],
  ])('%s', async (_, value) => {
    expect((await written(value)).equals(Buffer.from(JSON.stringify(value)))).toBe(true);
  });

  it('lists that nest deep', async () => {
    let value: unknown = many('x');
    for (let depth = 0; depth < 500; depth++) value = [value, { value: depth }];
    expect((await written(value)).equals(Buffer.from(JSON.stringify(value)))).toBe(true);
  });

  it('whatever a value holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (part) => {
        const value = { few: part, more: Array.from({ length: 2_000 }, () => ({ part, text: 'x'.repeat(200) })) };
        expect((await written(value)).equals(Buffer.from(JSON.stringify(value)))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

it('what nobody waits for any more is not written', async () => {
  const gone = new AbortController();
  const pieces = jsonPieces(many({ text: 'x'.repeat(5_000) }), gone.signal);
  await pieces.next();
  gone.abort(new Error('The client has gone.'));
  await expect(Array.fromAsync(pieces)).rejects.toThrow('The client has gone.');
});
