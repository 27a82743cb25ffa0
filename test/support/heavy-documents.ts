const VERSION = { major: 5, minor: 3 };
/** Another prefix gives other objects. */
type Make = (prefix: string) => string;

const tests = (count: number, make: (place: number) => object) =>
  JSON.stringify({
    version: VERSION,
    tests: Array.from({ length: count }, (_, place) => ({ origin: 'acme', build_id: 'acme:b', ...make(place) })),
  });
const manyKeys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, key) => [`key-${key}`, `value ${key}`]));

/** Documents with which a reader has much to do for one object, or for many, and how many objects they come to. */
export const HEAVY_DOCUMENTS: readonly (readonly [what: string, objects: number, make: Make])[] = [
  [
    '8,000 reports of one object, each with another key',
    1,
    (prefix) =>
      tests(8_000, (place) => ({ id: `acme:${prefix}one`, misc: { [`key-${place}`]: `value ${place}`.repeat(8) } })),
  ],
  [
    '50,000 objects',
    50_000,
    (prefix) => tests(50_000, (place) => ({ id: `acme:${prefix}${place}`, path: `a.${place % 100}`, misc: { place } })),
  ],
  [
    'one object with 200,000 keys',
    1,
    (prefix) => tests(1, () => ({ id: `acme:${prefix}wide`, misc: manyKeys(200_000) })),
  ],
  [
    'one object with a text of 20 MiB',
    1,
    (prefix) => tests(1, () => ({ id: `acme:${prefix}long`, misc: { text: 'x'.repeat(20 << 20) } })),
  ],
];
