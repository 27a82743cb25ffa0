import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonScanner } from '../../../../adapters/kit/json/json-scanner.ts';

function scan(bytes: Buffer, chunk: number) {
  const children: string[] = [];
  const scanner = new JsonScanner({
    child: (keyStart, keyEnd, start, end) =>
      children.push(`${bytes.subarray(Math.max(0, keyStart), Math.max(0, keyEnd))}=${bytes.subarray(start, end)}`),
  });
  for (let at = 0; at < bytes.length; at += chunk) scanner.push(bytes.subarray(at, at + chunk));
  return { ok: scanner.end(), fault: scanner.fault, children };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const json = fc.json({ maxDepth: 4 });
/** Text that is nearly JSON: one place of it replaced, cut out, or cut off. */
const damaged = fc
  .tuple(
    json,
    fc.nat(),
    fc.nat(3),
    fc.constantFrom(
      '',
      ',',
      ':',
      '"',
      '\\',
      '[',
      ']',
      '{',
      '}',
      '0',
      '-',
      '.',
      'e',
      't',
      ' ',
      '\n',
      '\u0001',
      '1e5',
      'é',
    ),
  )
  .map(([text, place, cut, put]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + cut);
  });

it('accepts exactly the texts that JSON.parse accepts, wherever chunks end', () => {
  fc.assert(
    fc.property(fc.oneof(json, damaged), fc.integer({ min: 1, max: 9 }), (text, chunk) => {
      expect(scan(Buffer.from(text), chunk).ok).toBe(parses(text));
    }),
    { numRuns: 3000 },
  );
});

it('tells each member and element with its exact range', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))),
      fc.constantFrom(undefined, 1, 3),
      fc.integer({ min: 1, max: 50 }),
      (value, indent, chunk) => {
        const { children } = scan(Buffer.from(JSON.stringify(value, null, indent)), chunk);
        const parsed = children.map((child) => JSON.parse(child.slice(child.indexOf('=', keyLength(child)) + 1)));
        expect(parsed).toEqual(JSON.parse(JSON.stringify(Object.values(value))));
      },
    ),
    { numRuns: 1000 },
  );
});

/** The key may hold a "=" itself. */
function keyLength(child: string): number {
  return /^"(?:[^"\\]|\\.)*"/.exec(child)?.[0].length ?? 0;
}

it('stops at the first byte that cannot be right', () => {
  expect(scan(Buffer.from('{"a": 1, "b": tru, "c": 2}'), 100).fault).toMatchObject({ kind: 'syntax', offset: 17 });
  expect(scan(Buffer.from('[1, 2'), 100).fault).toMatchObject({ kind: 'end', offset: 5 });
  expect(scan(Buffer.from('01'), 1).fault).toMatchObject({ kind: 'syntax', offset: 1 });
});

it('reads five million brackets without a stack, and stops at the depth that can be stored', () => {
  const started = performance.now();
  expect(scan(Buffer.from('['.repeat(5_000_000)), 1 << 20).fault).toMatchObject({ kind: 'depth', offset: 500 });
  expect(performance.now() - started).toBeLessThan(2000);
});
