import type { Found, FoundMany, Health, Page } from '../../../adapters/adapter.ts';
import type { SourceError } from '../../../adapters/errors.ts';
import { StepCounter, yieldToEventLoop } from '../../../adapters/kit/yield-to-event-loop.ts';
import type { Entities, EntityName, StatusCounts } from '../../../adapters/model.ts';
import { quoted } from '../client-error.ts';
import { type AnswerFaults, notUnderstood } from './answer-faults.ts';
import { type AskedPage, checkIncluded, checkPage } from './check-page.ts';

const COUNTS = ['pass', 'fail', 'error', 'miss', 'done', 'skip', 'none', 'total'] as const;

/** Makes a failure of what was given in its place, if it is one. */
export type AsFault = (value: unknown) => SourceError;

/** What `get` gave, by the keys that were asked for. */
export async function checkFound<E extends EntityName>(
  entity: E,
  keys: readonly string[],
  answer: FoundMany<Entities[E]>,
  faults: AnswerFaults,
  check: (object: Entities[E]) => Entities[E] | null,
  asFault: AsFault,
): Promise<FoundMany<Entities[E]>> {
  const found = await checkMap(keys, answer, faults, (value): Found<Entities[E]> | SourceError | null => {
    if (value instanceof Error) return asFault(value);
    const one: unknown = value;
    if (!isRecord(one) || !(one.time === null || typeof one.time === 'string')) {
      faults.add(`What the source gave for a ${entity} is none, and is left out.`);
      return null;
    }
    const object = check(value.object);
    if (object === null) return null;
    return object === value.object ? value : { ...value, object };
  });
  if (answer.included === undefined) return found;
  return Object.assign(found, { included: checkIncluded(answer.included, faults) });
}

/** What a relation's `list` gave, by the parents that were asked for. */
export function checkPages<E extends EntityName>(
  parents: readonly string[],
  asked: AskedPage<E>,
  answer: ReadonlyMap<string, Page<Entities[E]> | SourceError>,
  faults: AnswerFaults,
  asFault: AsFault,
): Promise<ReadonlyMap<string, Page<Entities[E]> | SourceError>> {
  return checkMap(parents, answer, faults, (value): Page<Entities[E]> | SourceError => {
    if (value instanceof Error) return asFault(value);
    try {
      return checkPage(asked, value, faults);
    } catch (error) {
      // The pages of the other parents stand.
      return asFault(error);
    }
  });
}

/** What was counted below the parents that were asked for. */
export function checkCounts(
  parents: readonly string[],
  answer: ReadonlyMap<string, StatusCounts | SourceError>,
  faults: AnswerFaults,
  asFault: AsFault,
): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
  return checkMap(parents, answer, faults, (value): StatusCounts | SourceError =>
    value instanceof Error ? asFault(value) : isCounts(value) ? value : notCounts(),
  );
}

/** @throws {SourceError} SOURCE_BAD_DATA where it is none */
export function checkCount(answer: StatusCounts): StatusCounts {
  if (isCounts(answer)) return answer;
  throw notCounts();
}

function isCounts(value: unknown): boolean {
  return isRecord(value) && COUNTS.every((name) => Number.isSafeInteger(value[name]));
}

function notCounts(): SourceError {
  return notUnderstood('its counts are no numbers');
}

export function checkHealth(answer: Health): Health {
  const health: unknown = answer;
  if (isRecord(health) && typeof health.ok === 'boolean') return answer;
  throw notUnderstood('it does not say whether it is well');
}

/** The values that were asked for; null leaves one out. */
async function checkMap<T>(
  keys: readonly string[],
  answer: ReadonlyMap<string, T>,
  faults: AnswerFaults,
  check: (value: T) => T | null,
): Promise<Map<string, T>> {
  const given: unknown = answer;
  if (!(given instanceof Map)) throw notUnderstood('it is no Map by key');
  const asked = new Set(keys);
  const checked = new Map<string, T>();
  const steps = new StepCounter();
  for (const [key, value] of answer) {
    if (!asked.has(key)) {
      faults.add(`The source answered for ${quoted(key)}, which it was not asked for.`);
      continue;
    }
    const good = check(value);
    if (good !== null) checked.set(key, good);
    if (steps.isSliceOverAfter(sizeOf(value))) await yieldToEventLoop();
  }
  return checked;
}

/** How many objects. */
function sizeOf(value: unknown): number {
  return isRecord(value) && Array.isArray(value.items) ? value.items.length : 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
