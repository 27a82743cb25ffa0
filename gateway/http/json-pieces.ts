import { isExactInteger } from '../../adapters/contract/exact-json.ts';
import { isSliceOver, yieldToEventLoop } from '../../adapters/kit/yield-to-event-loop.ts';

/** Characters, roughly, of JSON that are written in one go: well below a millisecond. */
const AT_ONCE = 64 * 1024;
/** Up to so many, the whole is one piece, written as `JSON.stringify` does it. */
const SMALL = 256 * 1024;
/** Characters of JSON beside the texts, for each value. */
const PER_VALUE = 12;
/** What nests deeper is not weighed, but written level by level. */
const MAX_DEPTH = 100;

interface OpenList {
  readonly values: readonly unknown[];
  at: number;
}

interface OpenObject {
  readonly object: Readonly<Record<string, unknown>>;
  readonly keys: readonly string[];
  at: number;
  isEmpty: boolean;
}

/**
 * The JSON of a value as `JSON.stringify` gives it, in UTF-8, in pieces of about 64 KiB; between them others have their
 * turn of the event loop. A small value is one piece, made at once. The value must not change meanwhile.
 * @throws the signal's reason where it has aborted
 */
export async function* jsonPieces(value: unknown, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  if (weigh(value, SMALL, 0) <= SMALL) {
    yield Buffer.from(JSON.stringify(value));
    return;
  }
  let text = '';
  for (const part of parts(value)) {
    text += part;
    if (text.length < AT_ONCE) continue;
    yield Buffer.from(text);
    text = '';
    if (isSliceOver()) await yieldToEventLoop(signal);
  }
  if (text !== '') yield Buffer.from(text);
}

/** The text in parts that are not much longer than is written in one go, each made when it is asked for. */
function* parts(root: unknown): Generator<string, void, undefined> {
  const open: (OpenList | OpenObject)[] = [];
  yield* begin(root);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if ('values' in level) {
      if (level.at === level.values.length) {
        open.pop();
        yield ']';
        continue;
      }
      const comma = level.at === 0 ? '' : ',';
      const run = lightRun(level);
      if (run.length > 0) {
        level.at += run.length;
        yield comma + JSON.stringify(run).slice(1, -1);
      } else {
        yield comma;
        yield* begin(level.values[level.at++]);
      }
      continue;
    }
    const key = level.keys[level.at++];
    if (key === undefined) {
      open.pop();
      yield '}';
      continue;
    }
    const value = level.object[key];
    const isLight = weigh(value, AT_ONCE, 0) <= AT_ONCE;
    const light = isLight ? JSON.stringify(value) : '';
    // As of a function or undefined.
    if (light === undefined) continue;
    if (!level.isEmpty) yield ',';
    level.isEmpty = false;
    yield* textParts(key);
    yield ':';
    if (isLight) yield light;
    else yield* begin(value);
  }

  /** Opens what is heavy by its members; the rest is written. */
  function* begin(value: unknown): Generator<string, void, undefined> {
    if (typeof value === 'string') {
      yield* textParts(value);
    } else if (Array.isArray(value)) {
      open.push({ values: value, at: 0 });
      yield '[';
    } else if (isPlain(value)) {
      open.push({ object: value, keys: Object.keys(value), at: 0, isEmpty: true });
      yield '{';
    } else {
      yield JSON.stringify(value) ?? 'null';
    }
  }
}

/** As many items from here on as are written in one go. */
function lightRun({ values, at }: OpenList): readonly unknown[] {
  let left = AT_ONCE;
  let end = at;
  while (end < values.length) {
    left -= weigh(values[end], left, 0);
    if (left < 0) break;
    end += 1;
  }
  return values.slice(at, end);
}

function* textParts(text: string): Generator<string, void, undefined> {
  if (text.length <= AT_ONCE) {
    yield JSON.stringify(text);
    return;
  }
  yield '"';
  for (let at = 0; at < text.length; ) {
    // Both halves of a character stay together: each alone would be escaped.
    const isHalf = (text.charCodeAt(at + AT_ONCE - 1) & 0xfc00) === 0xd800;
    const end = at + AT_ONCE + (isHalf ? 1 : 0);
    yield JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield '"';
}

/** Roughly how long the JSON of a value is, in characters; what is above the limit is not looked at to its end. */
function weigh(value: unknown, limit: number, depth: number): number {
  if (typeof value === 'string') return PER_VALUE + value.length;
  if (!isObject(value)) return PER_VALUE;
  if (depth > MAX_DEPTH) return limit + 1;
  let weight = PER_VALUE;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && weight <= limit; index++) {
      weight += weigh(value[index], limit - weight, depth + 1);
    }
    return weight;
  }
  for (const key in value) {
    const member = value[key];
    // Most members are texts and numbers.
    if (typeof member === 'string') weight += PER_VALUE + key.length + member.length;
    else weight += key.length + weigh(member, limit - weight, depth + 1);
    if (weight > limit) break;
  }
  return weight;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether the JSON of an object is that of its members. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || isExactInteger(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
}
