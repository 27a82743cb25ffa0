import {
  type Call,
  type Entities,
  type EntityName,
  type Found,
  type Incident,
  type Issue,
  type Json,
  SourceError,
} from '../../kit/author.ts';
import { Absences, type MaxAge } from '../../kit/cache.ts';
import { SingleFlight } from '../../kit/single-flight.ts';
import { type CkiClient, isRaw, type PathName, quote } from '../client.ts';
import { parseIssueKey, parseKey, parseOccurrenceId } from '../ids.ts';
import type { CkiOptions } from '../options.ts';
import { keyOf, type Learnt, type LearntRecord } from '../record-store.ts';
import {
  translateBuild,
  translateCheckout,
  translateIncident,
  translateIssue,
  translateTest,
  type Warn,
} from '../translate.ts';
import { isOutage, occurrencesBelow, type Rows, stale } from './rows.ts';

export interface LookUpOptions {
  readonly client: CkiClient;
  readonly learnt: Learnt;
  readonly origin: string;
  readonly maxAge: MaxAge;
}

type Numbered = 'checkout' | 'build' | 'test';

/** Finds a record by its id, or the number that the source gave it, with one request at most. */
export class LookUp {
  readonly #options: LookUpOptions;
  readonly #flights = new SingleFlight();
  /** Others may know much that the DataWarehouse does not show, or no longer. */
  readonly #absent = new Absences();

  constructor(options: LookUpOptions) {
    this.#options = options;
  }

  async record(entity: Numbered, key: string, call: Call): Promise<Json | null> {
    const { learnt, origin } = this.#options;
    const parsed = parseKey(entity, key, origin);
    if (parsed === null) return null;
    const number = /(?:^|:)([0-9]{1,15})$/.exec(key)?.[1] ?? null;
    const { id, inPath } = parsed;
    const known = learnt.find(entity, { id, number: isNumber(key, origin) ? number : null });
    // A number that no checkout has as its id may be one that the source gave.
    const isByNumber = known !== null && id !== null && keyOf(entity, known.raw) !== id;
    const path = isByNumber && number !== null ? number : inPath;
    const raw = await this.#read(entity, path, known, call);
    if (raw === null) {
      const gone = known === null ? null : keyOf(entity, known.raw);
      if (gone !== null) learnt.forget(entity, gone);
      return null;
    }
    if (id !== null && !isByNumber && keyOf(entity, raw) !== id) throw other(key, raw);
    return raw;
  }

  async issue(number: string, call: Call): Promise<Json | null> {
    const { learnt } = this.#options;
    const known = learnt.find('issue', { id: number, number: null });
    const raw = await this.#read('issue', number, known, call);
    if (raw === null) learnt.forget('issue', number);
    else if (!isRaw(raw) || String(raw.id) !== number) throw other(number, raw);
    return raw;
  }

  async #read(
    entity: EntityName & PathName,
    path: string,
    known: LearntRecord | null,
    call: Call,
  ): Promise<Json | null> {
    const { client, learnt, maxAge } = this.#options;
    const limit = maxAge(call);
    const name = `${entity} ${path}`;
    const ask = async (shared: Call): Promise<Json | null> => {
      const raw = await client.object(entity, path, shared);
      if (raw === null) this.#absent.add(name);
      else await learnt.keep(entity, [raw]);
      return raw;
    };
    if (known !== null && known.age < limit) return used(known, call);
    if (known === null && this.#absent.has(name, limit, call)) return null;
    try {
      return await this.#flights.join(name, call, ask);
    } catch (error) {
      if (known === null || !isOutage(error) || call.signal.aborted) throw error;
      call.warn(stale(error));
      return used(known, call);
    }
  }
}

function used({ raw, age }: LearntRecord, call: Call): Json {
  call.kept?.(age);
  return raw;
}

function isNumber(key: string, origin: string): boolean {
  return /^[0-9]+$/.test(key.startsWith(`${origin}:`) ? key.slice(origin.length + 1) : key);
}

function other(key: string, came: Json): SourceError {
  const message = `Another record came where "${quote(key)}" was asked for: ${quote(came)}`;
  return new SourceError('SOURCE_BAD_DATA', message, { id: key });
}

type Find<E extends EntityName> = (key: string, call: Call) => Promise<Found<Entities[E]> | null>;

/** How one object of each entity is found by its key. */
export type Finders = { readonly [E in EntityName]: Find<E> };

/** An issue occurs in one test so often at most that it is looked for in its list. */
const MAX_OCCURRENCES = 1_000;

export function findersOf(lookUp: LookUp, rows: Rows, options: CkiOptions): Finders {
  const { origin } = options;
  const record =
    <T>(entity: 'checkout' | 'build' | 'test', translate: (raw: Json, warn: Warn) => Found<T> | null) =>
    async (key: string, call: Call): Promise<Found<T> | null> => {
      const raw = await lookUp.record(entity, key, call);
      return raw === null ? null : translate(raw, call.warn);
    };
  return {
    checkout: record('checkout', translateCheckout),
    build: record('build', translateBuild),
    test: record('test', translateTest),
    issue: findIssue,
    incident: findIncident,
  };

  async function findIssue(key: string, call: Call): Promise<Found<Issue> | null> {
    const parsed = parseIssueKey(key, origin);
    const raw = parsed === null ? null : await lookUp.issue(parsed.number, call);
    const found = raw === null ? null : translateIssue(raw, options, call.warn);
    return parsed?.version == null || found?.object.version === parsed.version ? found : null;
  }

  async function findIncident(id: string, call: Call): Promise<Found<Incident> | null> {
    const key = parseOccurrenceId(id, origin);
    if (key === null) return null;
    const subject = { entity: key.subject, id: key.subjectId };
    const reader = rows.reader(occurrencesBelow(subject), call);
    for (const raw of await reader.read(0, MAX_OCCURRENCES)) {
      // What others of the list are like is of no interest here.
      const found = translateIncident(raw, subject, options, () => undefined);
      if (found?.object.id === id) return { object: found.object, time: found.time };
    }
    if (reader.fault !== null) throw reader.fault;
    return null;
  }
}
