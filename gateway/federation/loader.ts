import DataLoader from 'dataloader';
import { SourceError } from '../../adapters/errors.ts';

/** A key, and where in the answer it was asked for. */
export interface Asked {
  readonly key: string;
  readonly path: readonly (string | number)[];
}
/** Batches what is asked within one tick. What failed is a value: nothing else rejects. */
export class Loader<T> {
  readonly #batches: DataLoader<Asked, T, string>;

  constructor(load: (asked: readonly Asked[]) => Promise<readonly (T | SourceError)[]>, maxBatchSize: number) {
    this.#batches = new DataLoader<Asked, T, string>(load, { maxBatchSize, cacheKeyFn: (asked) => asked.key });
  }

  load(asked: Asked): Promise<T | SourceError> {
    return this.#batches.load(asked).catch(asValue);
  }
}

function asValue(fault: unknown): SourceError {
  if (fault instanceof SourceError) return fault;
  throw fault;
}
