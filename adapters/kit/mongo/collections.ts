import type { Db } from 'mongodb';
import { SourceError } from '../../errors.ts';

/** The only collections of a source that are ever read. */
export interface Collections<Name extends string> {
  /** A read of one that is missing fails, and says so: most likely the database is another one. */
  readonly required: readonly Name[];
  /** One that is missing is empty. */
  readonly optional: readonly Name[];
}

/** What is missing may come: it is looked for again after so long. */
const LOOK_AGAIN_MS = 10_000;
const LOOK_MS = 10_000;
const LOOK_AGAIN_FOR_OPTIONAL_MS = 600_000;

/** Knows which of the named collections the database has, by one listing that is kept. */
export class KnownCollections<Name extends string> {
  readonly #named: Collections<Name>;
  /** Null where the user may not list them: then each is taken to be there. */
  #there: ReadonlySet<string> | null = null;
  #until = 0;
  #looking: Promise<void> | null = null;

  constructor(named: Collections<Name>) {
    this.#named = named;
  }

  /** The required ones that are missing. */
  async missingFrom(database: Db): Promise<readonly Name[]> {
    await this.#known(database);
    return this.#missing;
  }

  get #missing(): readonly Name[] {
    const there = this.#there;
    return there === null ? [] : this.#named.required.filter((name) => !there.has(name));
  }

  /**
   * Whether the collection is there to be read.
   * @throws {SourceError} where it is required and missing, or is none of those that may be read
   */
  async has(name: Name, database: Db): Promise<boolean> {
    if (![...this.#named.required, ...this.#named.optional].includes(name)) {
      throw new Error(`The collection "${name}" is none of those that this source may read.`);
    }
    await this.#known(database);
    if (this.#there === null || this.#there.has(name)) return true;
    if (!this.#named.required.includes(name)) return false;
    throw new SourceError('SOURCE_UNAVAILABLE', missingSentence(this.#missing), { isRetryable: false });
  }

  async #known(database: Db): Promise<void> {
    if (Date.now() < this.#until) return;
    this.#looking ??= this.#look(database).finally(() => {
      this.#looking = null;
    });
    await this.#looking;
  }

  /** All who ask meanwhile share it, so that it does not end with any one of them. */
  async #look(database: Db): Promise<void> {
    try {
      const options = { nameOnly: true, authorizedCollections: true, maxTimeMS: LOOK_MS };
      const listed = await database.listCollections({}, options).toArray();
      this.#there = new Set(listed.map(({ name }) => name));
    } catch (error) {
      if (!mayNotList(error)) throw error;
      this.#there = null;
    }
    this.#until = Date.now() + (this.#missing.length > 0 ? LOOK_AGAIN_MS : LOOK_AGAIN_FOR_OPTIONAL_MS);
  }
}

export function missingSentence(missing: readonly string[]): string {
  const names = missing.map((name) => `\`${name}\``).join(', ');
  const what = missing.length === 1 ? `the collection ${names}` : `the collections ${names}`;
  return `The database lacks ${what}: it may not be the one that is meant.`;
}

/** The server refuses the listing to this user; what it may read is another question. */
function mayNotList(error: unknown): boolean {
  return error instanceof Error && error.name === 'MongoServerError' && 'code' in error && error.code === 13;
}
