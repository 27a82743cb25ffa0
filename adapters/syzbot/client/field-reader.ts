import { isExactInteger, type Json, type JsonObject, normaliseTime, SourceError } from '../../kit/author.ts';

export type Warn = (error: SourceError) => void;

/** What Go writes for a time that is not set. */
const ZERO_TIME = '0001-01-01T00:00:00';

/** Reads the fields of one record: what is absent or empty is null, what is not as it must be is told, and null. */
export class FieldReader {
  readonly #record: JsonObject;
  readonly #id: string;
  readonly #warn: Warn;

  constructor(record: JsonObject, id: string, warn: Warn) {
    this.#record = record;
    this.#id = id;
    this.#warn = warn;
  }

  text(name: string): string | null {
    const value = this.#record[name] ?? null;
    if (value === null || value === '') return null;
    if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')) return value;
    return this.#bad(name, value, 'a text');
  }

  /** In the form of the model. */
  time(name: string): string | null {
    const text = this.text(name);
    if (text === null || text.startsWith(ZERO_TIME)) return null;
    return normaliseTime(text) ?? this.#bad(name, text, 'a time');
  }

  hash(name: string): string | null {
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null || /^[0-9a-f]{40}$/.test(text)) return text;
    return this.#bad(name, text, 'a commit hash of 40 digits');
  }

  texts(name: string): readonly string[] {
    return this.#list(name).filter((value) => typeof value === 'string');
  }

  objects(name: string): readonly JsonObject[] {
    return this.#list(name).flatMap((value): readonly JsonObject[] => {
      if (isObject(value)) return [value];
      this.#bad(name, value, 'an object');
      return [];
    });
  }

  object(name: string): JsonObject | null {
    const value = this.#record[name] ?? null;
    if (value === null || isObject(value)) return value;
    return this.#bad(name, value, 'an object');
  }

  #list(name: string): readonly Json[] {
    const value = this.#record[name] ?? null;
    if (value === null) return [];
    return Array.isArray(value) ? value : (this.#bad(name, value, 'a list') ?? []);
  }

  #bad(name: string, value: Json, wanted: string): null {
    const shown = JSON.stringify(value).slice(0, 80);
    const message = `The field "${name}" of ${this.#id} is not ${wanted} but ${shown}: it is left out.`;
    this.#warn(new SourceError('SOURCE_BAD_DATA', message, { id: this.#id }));
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}
