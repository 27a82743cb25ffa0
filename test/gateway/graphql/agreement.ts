import type { ExecutionResult } from 'graphql';
import { expect } from 'vitest';
import type { RequestContext } from '../../../gateway/federation/request.ts';
import { renderReport } from '../../../gateway/federation/source-report.ts';
import { type Executor, ReferenceExecutor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { Random } from '../../support/random.ts';
import { DocumentMaker, type RandomDocument, type RandomRequest, TRAITS, type Trait } from './random-documents.ts';
import type { World } from './random-worlds.ts';

/** Which of the requests of a document is made when: each of them three times, with the other between. */
const ORDER = [0, 1, 0, 0, 1, 1];

/** What a number of random documents were like. */
export interface Tally {
  readonly traits: ReadonlyMap<Trait, number>;
  /** Documents to which graphql-js answers with errors. */
  readonly errors: number;
  /** Documents whose answers tell of more or fewer errors below a null. */
  readonly raced: number;
  /** Documents of which another error came first, and made a place null. */
  readonly overtaken: number;
  /** Answers by who executed them. */
  readonly engines: Readonly<Record<'jit' | 'reference', number>>;
}

/** Says so where documents lack what they are there for. */
export function expectEverything({ traits, errors, raced, overtaken, engines }: Tally, documents: number): void {
  for (const trait of TRAITS) expect(traits.get(trait) ?? 0, trait).toBeGreaterThan(documents / 100);
  expect(errors).toBeGreaterThan(documents / 10);
  expect(raced).toBeLessThan(documents / 10);
  expect(overtaken).toBeLessThan(documents / 1_000);
  expect(engines.jit).toBeGreaterThan(2 * documents);
}

/**
 * Sends random documents to the compiled executor, each several times, and throws at the first answer that is not the
 * one of graphql-js.
 */
export async function agreeOn({ vocabulary, createContext }: World, documents: number, seed: number): Promise<Tally> {
  const { schema } = vocabulary;
  const maker = new DocumentMaker(vocabulary, new Random(seed));
  const engines = { jit: 0, reference: 0 };
  const jit = new JitExecutor(schema, (engine) => {
    engines[engine]++;
  });
  const reference = new ReferenceExecutor(schema);
  const traits = new Map<Trait, number>();
  let errors = 0;
  const races = { late: 0, overtaken: 0 };
  for (let index = 0; index < documents; index++) {
    const made = maker.next();
    for (const trait of made.traits) traits.set(trait, (traits.get(trait) ?? 0) + 1);
    const answers = await compareAnswers(jit, reference, made, createContext);
    const { difference } = answers;
    if (difference !== null) {
      const { request, sighting, told: given, expected } = difference;
      expect(
        given,
        `document ${index} of seed ${seed}, sighting ${sighting}: ${made.text}\n${JSON.stringify(request)}`,
      ).toEqual(expected);
    }
    if (answers.expected.some((right) => right.errors.length > 0)) errors++;
    if (answers.race !== null) races[answers.race]++;
  }
  return { traits, errors, raced: races.late, overtaken: races.overtaken, engines };
}

interface Answers {
  /** Of the document, as graphql-js answers. */
  readonly expected: readonly Told[];
  /** The first answer that is another one; null where all agree. */
  readonly difference: Difference | null;
  readonly race: Race | null;
}

/**
 * How answers may differ: by errors that lie below a null, since a field there must not be null. graphql-js goes on
 * without the rest of what is below it. Whether another error from there still gets into the answer depends on which
 * comes first (`late`), and so does which of several is the one that made it null (`overtaken`).
 */
type Race = 'late' | 'overtaken';

interface Difference {
  readonly request: RandomRequest;
  readonly sighting: number;
  readonly told: Told;
  readonly expected: Told;
}

/** An answer with nothing left out that a client sees: the bytes of the data with its order of keys, and all errors. */
interface Told {
  readonly data: string;
  /** By their text: of parallel failures, nobody promises the order. */
  readonly errors: readonly string[];
}

/** Asks an executor for everything again and again, as clients do that send one document. */
async function compareAnswers(
  executor: Executor,
  reference: Executor,
  { document, requests }: RandomDocument,
  createContext: () => RequestContext,
): Promise<Answers> {
  const ask = async (one: Executor, request: RandomRequest) => {
    const context = createContext();
    return told(await one.execute({ ...request, document, context }), context);
  };
  const expected: Told[] = [];
  let race: Race | null = null;
  for (const request of requests) expected.push(await ask(reference, request));
  for (const [sighting, index] of ORDER.entries()) {
    const request = requests[index];
    const right = expected[index];
    if (request === undefined || right === undefined) throw new Error(`There is no request ${index}.`);
    const answer = await ask(executor, request);
    if (isSame(answer, right)) continue;
    const known = raceOf(answer, right);
    if (known === null) return { expected, difference: { request, sighting, told: answer, expected: right }, race };
    if (race !== 'overtaken') race = known;
  }
  return { expected, difference: null, race };
}

function isSame(some: Told, others: Told): boolean {
  return some.data === others.data && some.errors.join('\n') === others.errors.join('\n');
}

/** Null where answers differ otherwise. */
function raceOf(some: Told, others: Told): Race | null {
  const { visible, below } = byNull(some);
  const other = byNull(others);
  const differs =
    some.data !== others.data ||
    visible.join('\n') !== other.visible.join('\n') ||
    below.size !== other.below.size ||
    [...below.keys()].some((place) => !other.below.has(place));
  if (differs) return null;
  const shared = [...below].every(([place, errors]) => errors.some((error) => other.below.get(place)?.includes(error)));
  return shared ? 'late' : 'overtaken';
}

function byNull({ data, errors }: Told) {
  const visible: string[] = [];
  const below = new Map<string, string[]>();
  for (const error of errors) {
    const { path = [] }: { path?: readonly (string | number)[] } = JSON.parse(error);
    let value: unknown = JSON.parse(data);
    let depth = 0;
    for (; depth < path.length && typeof value === 'object' && value !== null; depth++) {
      value = Reflect.get(value, path[depth] ?? '');
    }
    if (depth === path.length) {
      visible.push(error);
      continue;
    }
    const place = JSON.stringify(path.slice(0, depth));
    below.set(place, [...(below.get(place) ?? []), error]);
  }
  return { visible, below };
}

function told({ data, errors = [] }: ExecutionResult, context: RequestContext): Told {
  const all = [...errors, ...renderReport(context.report).errors];
  return {
    data: JSON.stringify(data),
    errors: all
      .map(({ message, path, locations, extensions }) => JSON.stringify({ path, message, locations, extensions }))
      .sort(),
  };
}
