/** What a failed statement means for whoever keeps data in the file. */
export type SqliteFault = 'damaged' | 'not kept' | 'busy';

/** Primary result codes of SQLite. */
const FAULTS: ReadonlyMap<number, SqliteFault> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'not kept'],
  [10, 'not kept'],
  [13, 'not kept'],
  [14, 'not kept'],
  [11, 'damaged'],
  [26, 'damaged'],
]);

/** Null for what is no fault of the file: an error of our own. */
export function sqliteFault(error: unknown): SqliteFault | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  // The upper bits tell more of the same.
  return FAULTS.get(error.errcode & 0xff) ?? null;
}
