import { LRUCache } from 'lru-cache';
import { sameJson } from '../../../adapters/kit/same-json.ts';

/** What an answer says of one object. */
export interface Mention {
  /** Names the object within its source. */
  readonly name: string;
  /** Null: there is none. */
  readonly object: Readonly<Record<string, unknown>> | null;
  /** The fields of it that the answer speaks of. */
  readonly fields: ReadonlySet<string>;
}

interface Seen extends Omit<Mention, 'name'> {
  /** When the source was asked last, in milliseconds of the monotonic clock. */
  readonly at: number;
  /** When it was asked that first said what it says now; answers from before contradict it. */
  readonly changedAt: number;
}

const MAX_OBJECTS = 50_000;
const NEVER = Number.NEGATIVE_INFINITY;

/** What was last said of each object: by it is found out which answers are no longer true. Bounded. */
export class SeenObjects {
  /** Of what was forgotten since it was seen last longest ago, nothing is known from before then. */
  #forgottenAt = NEVER;
  #changedAt = NEVER;
  readonly #seen = new LRUCache<string, Seen>({
    max: MAX_OBJECTS,
    dispose: ({ at }, _, reason) => {
      if (reason === 'evict') this.#forgottenAt = Math.max(this.#forgottenAt, at);
    },
  });

  /** When the source was asked that last said something new of any object. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /** Takes note of an answer; @param at when the source was asked */
  note(mentions: readonly Mention[], at: number): void {
    for (const { name, object, fields } of mentions) {
      const known = this.#seen.get(name);
      if (known === undefined) {
        this.#seen.set(name, { object, fields, at, changedAt: NEVER });
        continue;
      }
      const isNewer = at >= known.at;
      const newest = Math.max(at, known.at);
      const changedAt = isOther(known, { object, fields }) ? newest : known.changedAt;
      this.#changedAt = Math.max(this.#changedAt, changedAt);
      const both = isNewer ? together({ object, fields }, known) : known;
      this.#seen.set(name, { ...both, at: newest, changedAt });
    }
  }

  /** Whether later answers say something else of one of these objects than one from that time. */
  haveChanged(names: readonly string[], at: number): boolean {
    if (at <= this.#forgottenAt) return true;
    return names.some((name) => (this.#seen.peek(name)?.changedAt ?? NEVER) > at);
  }
}

type Said = Omit<Mention, 'name'>;

function isOther(one: Said, other: Said): boolean {
  const { object: left } = one;
  const { object: right } = other;
  if (left === null || right === null) return left !== right;
  if (left === right) return false;
  for (const field of other.fields) {
    if (one.fields.has(field) && !sameJson(left[field], right[field])) return true;
  }
  return false;
}

/** The newer one, with what only the older one speaks of. */
function together(newer: Said, older: Said): Said {
  if (newer.object === null || older.object === null) return newer;
  const { object } = older;
  const more = [...older.fields].filter((field) => !newer.fields.has(field));
  if (more.length === 0) return newer;
  const rest = Object.fromEntries(more.map((field) => [field, object[field]]));
  return { object: { ...newer.object, ...rest }, fields: new Set([...newer.fields, ...more]) };
}
