/** What an index keeps of one thing. */
export interface IndexEntry<R> {
  /** Lists of their own within one index, such as `issue` beside `test`; one unnamed list where left out. */
  readonly kind?: string;
  /** Names it within its kind. */
  readonly key: string;
  /** By what else it is found: by space (`commit`, `alias`), the names in it. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** What lists sort it by. */
  readonly time: string | null;
  /** As it is wanted back; whatever JSON can hold. */
  readonly record: R;
}

/** An entry as it is found again. */
export interface LearntEntry<R> {
  readonly key: string;
  readonly time: string | null;
  readonly record: R;
  /** Its place in the order in which things were learnt; it never changes while the entry is there. */
  readonly sequence: number;
  /** When it was last put, in milliseconds since the epoch. */
  readonly learntAt: number;
}

/** How much an index holds. */
export interface IndexReach {
  readonly entries: number;
  readonly bytes: number;
  /** Why new entries are not kept on disk, as a sentence; null where they are. */
  readonly fault: string | null;
}

export interface PutOptions {
  /**
   * Who says so: all entries are written in one transaction, and what the same owner had put before and is not among them
   * is removed.
   */
  readonly owner?: string;
  /** New ones stand before all others, the last of them first; else behind. */
  readonly front?: boolean;
}
