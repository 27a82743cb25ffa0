import type { LoadCounts } from '../adapter.ts';
import type { EntityName } from '../model.ts';
import { isSameKey, type SameKey } from './same-key.ts';
import type { Incoming } from './spool.ts';

/** What loading the objects of one entity came to. */
export interface EntityCounts {
  readonly counts: LoadCounts[EntityName];
  /** Objects that the document reports for another origin than the one that they belong to. */
  readonly foreign: number;
  /** The first of them in the document. */
  readonly firstForeign: Incoming | null;
}

/** An object of which some reports were counted. */
interface Counted {
  readonly object: Incoming;
  readonly changed: boolean;
  readonly isForeign: boolean;
}

/** Counts objects by what became of them, each once, although one that is reported often may come in several parts. */
export class EntityTally {
  #added = 0;
  #changed = 0;
  #unchanged = 0;
  #foreign = 0;
  #firstForeign: Incoming | null = null;
  #last: Counted | null = null;
  /** Objects that were added, and of which more is merged: at most one a batch. */
  readonly #addedInParts = new Map<string, Counted>();

  added(group: SameKey): void {
    this.#added += 1;
    // Whose it is now makes no difference: of reports of several origins some are foreign, of one origin none.
    this.#last = this.#countForeign(group, null, group[0].origin, true);
  }

  /** More of the object that was added last comes with the next batch. */
  addedInParts(): void {
    if (this.#last !== null) this.#addedInParts.set(keyOf(this.#last.object), this.#last);
  }

  /** Parts of one object come one behind the other. */
  merged(group: SameKey, changed: boolean, holder: string): void {
    const [object] = group;
    const added = this.#addedInParts.get(keyOf(object));
    if (added !== undefined) {
      this.#addedInParts.set(keyOf(object), this.#countForeign(group, added, holder, changed));
      return;
    }
    const before = this.#last !== null && isSameKey(this.#last.object, object) ? this.#last : null;
    if (before === null) {
      if (changed) this.#changed += 1;
      else this.#unchanged += 1;
    } else if (changed && !before.changed) {
      this.#changed += 1;
      this.#unchanged -= 1;
    }
    this.#last = this.#countForeign(group, before, holder, changed || before?.changed === true);
  }

  /** Between the pass that adds objects and the one that merges the others. */
  beginMerging(): void {
    this.#last = null;
  }

  counts(): EntityCounts {
    const counts = { added: this.#added, changed: this.#changed, unchanged: this.#unchanged };
    return { counts, foreign: this.#foreign, firstForeign: this.#firstForeign };
  }

  /** Reports of two origins cannot both be of the one that the object belongs to. */
  #countForeign(group: SameKey, before: Counted | null, holder: string, changed: boolean): Counted {
    const object = before?.object ?? group[0];
    const isForeign = group.some(({ origin }) => origin !== object.origin) || object.origin !== holder;
    if (isForeign && before?.isForeign !== true) {
      this.#foreign += 1;
      if (this.#firstForeign === null || object.place < this.#firstForeign.place) this.#firstForeign = object;
    }
    return { object, changed, isForeign: isForeign || before?.isForeign === true };
  }
}

function keyOf({ id, version }: Incoming): string {
  return `${version} ${id}`;
}
