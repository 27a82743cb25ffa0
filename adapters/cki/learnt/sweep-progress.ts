import type { Json } from '../../kit/author.ts';
import { isRaw } from '../client/raw.ts';

/** How far the sweep is. Kept on disk, so that a restart goes on from there. */
export interface Progress {
  /** The row from which to go on; null where nothing is left to be read. */
  readonly offset: number | null;
  /** When the walk began (milliseconds since the epoch). */
  readonly begun: number;
  /** All checkouts were read at least once, or as many as the index holds. */
  readonly isWhole: boolean;
}

export const NOTHING_READ: Progress = { offset: 0, begun: 0, isWhole: false };

/** As it was kept on disk. */
export function progressOf(json: Json): Progress {
  if (!isRaw(json)) return NOTHING_READ;
  const { offset, begun, isWhole } = json;
  return {
    offset: typeof offset === 'number' ? offset : null,
    begun: typeof begun === 'number' ? begun : 0,
    isWhole: isWhole === true,
  };
}
