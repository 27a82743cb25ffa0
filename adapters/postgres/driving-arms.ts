import type { TimeSpelling } from './keyset.ts';
import type { Sql } from './sql.ts';

/** Index ranges of `t`, one for each row `r` of `keys`. No row of `t` lies in two of them. */
export interface Arm {
  /** A FROM item named `r`. */
  readonly keys: Sql;
  readonly on: readonly Sql[];
  /** How many keys there are; Infinity where only the database knows. */
  readonly count: number;
}

/** What a list is driven by. */
export interface Drive {
  /** Empty: the conditions name one range of an index themselves, or the planner chooses by their values. */
  readonly arms: readonly Arm[];
  /** The fields of the filter that the arms have dealt with. */
  readonly fields: ReadonlySet<string>;
  /** How the index that drives spells the time. */
  readonly time: TimeSpelling;
}
