import type { LoadCounts } from '../adapter.ts';
import type { EntityName } from '../model.ts';
import { isSameKey } from './same-key.ts';
import type { Incoming } from './spool.ts';

export type EntityCounts = LoadCounts[EntityName];

/** Counts objects by what became of them, each once, although one that is reported often may come in several parts. */
export class EntityTally {
  #added = 0;
  #changed = 0;
  #unchanged = 0;
  #last: { readonly object: Incoming; readonly changed: boolean } | null = null;
  /** Keys that were added, and of which more is merged: at most one a batch. */
  readonly #addedInParts = new Set<string>();

  added(): void {
    this.#added += 1;
  }

  addedInParts({ id, version }: Incoming): void {
    this.#addedInParts.add(`${version} ${id}`);
  }

  /** Parts of one object come one behind the other. */
  merged(object: Incoming, changed: boolean): void {
    if (this.#addedInParts.has(`${object.version} ${object.id}`)) return;
    const before = this.#last !== null && isSameKey(this.#last.object, object) ? this.#last.changed : null;
    if (before === null) {
      if (changed) this.#changed += 1;
      else this.#unchanged += 1;
    } else if (changed && !before) {
      this.#changed += 1;
      this.#unchanged -= 1;
    }
    this.#last = { object, changed: changed || before === true };
  }

  counts(): EntityCounts {
    return { added: this.#added, changed: this.#changed, unchanged: this.#unchanged };
  }
}
