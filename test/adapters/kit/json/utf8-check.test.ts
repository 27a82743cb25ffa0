import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Utf8Check } from '../../../../adapters/kit/json/byte-source.ts';

/** One character after the other, by the platform's own decoder. */
function firstFault(bytes: Uint8Array): number {
  const decoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => {
      try {
        if (at + size > bytes.length) return false;
        decoder().decode(bytes.subarray(at, at + size));
        return true;
      } catch {
        return false;
      }
    });
    if (length === undefined) return at;
    at += length;
  }
  return -1;
}

const bytes = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
    fc.nat(3),
  )
  .map(([text, changes, cut]) => {
    const encoded = Buffer.from(text);
    for (const [place, byte] of changes) if (encoded.length > 0) encoded[place % encoded.length] = byte;
    return encoded.subarray(0, Math.max(0, encoded.length - cut));
  });

it('finds the first byte that is not UTF-8, wherever chunks end', () => {
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), (text, size) => {
      const check = new Utf8Check();
      let found = -1;
      for (let at = 0; at < text.length && found < 0; at += size) found = check.push(text.subarray(at, at + size));
      expect(found < 0 ? check.end() : found).toBe(firstFault(text));
    }),
    { numRuns: 3000 },
  );
});
