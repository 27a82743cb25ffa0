import { Absences } from '../../kit/absences.ts';
import { type Call, type EntityName, type Json, SourceError } from '../../kit/author.ts';
import type { MaxAge } from '../../kit/max-age.ts';
import { SingleFlight } from '../../kit/single-flight.ts';
import { quote } from '../client/quote.ts';
import { isRaw } from '../client/raw.ts';
import type { CkiClient, PathName } from '../client.ts';
import { parseKey } from '../ids.ts';
import { keyOf, type Learnt, type LearntRecord } from '../learnt/learnt.ts';
import { isOutage, stale } from './rows.ts';

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
