import {
  type Entities,
  type EntityName,
  isExactInteger,
  isSaid,
  isSliceOver,
  yieldToEventLoop,
} from '../../kit/author.ts';
import type { Report } from './documents.ts';

const STEPS = 256;

/** The reports of one object, in their order, as one, in time linear in what they say: each field is that of the first that says anything in it. */
export async function mergeAll<E extends EntityName>(
  reports: readonly [Report<Entities[E]>, ...Report<Entities[E]>[]],
): Promise<Report<Entities[E]>> {
  const object = await mergeFields<Entities[E]>(
    reports.map((report) => report.object),
    reports[0].object,
  );
  const [excerpt] = reports.filter((one) => one.excerpt !== null || hasOwnExcerpt(one.object));
  const timestamp = reports.map((report) => report.object.timestamp).reduce(latest);
  if (excerpt?.excerpt == null) return { object: { ...object, timestamp }, excerpt: null };
  return { object: { ...object, timestamp, logExcerpt: null }, excerpt: excerpt.excerpt };
}

async function mergeFields<T extends object>(objects: readonly T[], first: T): Promise<T> {
  const values = new Map<string, unknown[]>();
  for (const [place, object] of objects.entries()) {
    for (const [key, value] of Object.entries(object)) {
      const known = values.get(key);
      if (known === undefined) values.set(key, [value]);
      else if (!isSaid(known[0])) known[0] = isSaid(value) ? value : (known[0] ?? value);
      else if (isKeyed(known[0]) && isKeyed(value)) known.push(value);
    }
    if (place % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  const merged = { ...first };
  for (const [key, said] of values) Reflect.set(merged, key, await mergedField(key, said.filter(isKeyed), said[0]));
  return merged;
}

/** `environment`, `culprit` and the `misc`s are filled key by key; a measurement and its unit belong together. */
async function mergedField(key: string, said: readonly object[], value: unknown): Promise<unknown> {
  const [first] = said;
  if (first === undefined || said.length < 2) return value;
  if (key === 'misc') return await mergeMisc(said);
  return key === 'environment' || key === 'culprit' ? await mergeFields(said, first) : value;
}

/** One level deep. A list within is a value like any other. */
async function mergeMisc(all: readonly object[]): Promise<object> {
  const merged = new Map<string, unknown>();
  for (const misc of all) {
    // Listing the keys of a large one takes several slices, and is one step of the engine.
    if (isSliceOver() || all.length < STEPS) await yieldToEventLoop();
    for (const key in misc) {
      if (isSliceOver()) await yieldToEventLoop();
      const [known, item]: unknown[] = [merged.get(key), Reflect.get(misc, key)];
      const isNews = isSaid(item, true) || known === null || known === undefined;
      if (!merged.has(key) || (!isSaid(known, true) && isNews)) merged.set(key, item);
    }
  }
  const object = {};
  for (const [key, value] of merged) {
    // Setting `__proto__` would define no key.
    if (key !== '__proto__') Reflect.set(object, key, value);
    else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    if (isSliceOver()) await yieldToEventLoop();
  }
  return object;
}

function isKeyed(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}

function hasOwnExcerpt(object: Entities[EntityName]): boolean {
  return 'logExcerpt' in object && isSaid(object.logExcerpt);
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
