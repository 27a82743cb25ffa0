import DataLoader from 'dataloader';
import { SourceError } from '../../adapters/errors.ts';
import type { SlicedWork } from './sliced-work.ts';

/** A key, and where in the answer it was asked for. */
export interface Asked {
  readonly key: string;
  readonly path: readonly (string | number)[];
}
/** Batches what a level asks for. What failed is a value: nothing else rejects. */
export class Loader<T> {
  readonly #batches: DataLoader<Asked, T>;
  readonly #known = new Map<string, Promise<T | SourceError>>();

  constructor(
    load: (asked: readonly Asked[]) => Promise<readonly (T | SourceError)[]>,
    maxBatchSize: number,
    work: SlicedWork,
  ) {
    this.#batches = new DataLoader<Asked, T>(load, {
      maxBatchSize,
      cache: false,
      batchScheduleFn: (close) => work.whenAllAsked(close),
    });
  }

  load(asked: Asked): Promise<T | SourceError> {
    let known = this.#known.get(asked.key);
    if (known === undefined) {
      known = this.#batches.load(asked).catch(asValue);
      this.#known.set(asked.key, known);
    }
    return known;
  }
}

function asValue(fault: unknown): SourceError {
  if (fault instanceof SourceError) return fault;
  throw fault;
}
