import { Absences, MAX_NO_MS } from '../kit/absences.ts';
import type { Call } from '../kit/author.ts';
import { SingleFlight } from '../kit/single-flight.ts';
import { type BugIndex, type KnownBug, withExtid } from './bug-index.ts';
import type { SyzbotClient } from './client.ts';
import { type BugName, nameOf } from './ids.ts';
import { translateBug } from './translate-bug.ts';

/** What a list says of a bug. */
export interface ListedAs {
  readonly namespace: string;
  /** It is not in the index, which holds all that there was to begin with: it is a new one. */
  readonly isNew: boolean;
}

/** Reads bugs from the dashboard into the index; each name is read once at a time. */
export class Bugs {
  readonly #client: SyzbotClient;
  readonly #index: BugIndex;
  readonly #url: string;
  readonly #reads = new SingleFlight();
  readonly #absent = new Absences();

  constructor(client: SyzbotClient, index: BugIndex, options: { readonly url: string }) {
    this.#client = client;
    this.#index = index;
    this.#url = options.url;
  }

  /**
   * One request, unless it is under way already, or was answered lately by that there is no such bug.
   * @param maxAge milliseconds that such an answer may be old
   */
  async read(
    name: BugName,
    call: Call,
    listed: ListedAs | null = null,
    maxAge: number = MAX_NO_MS,
  ): Promise<KnownBug | null> {
    const key = nameOf(name);
    if (listed === null && this.#absent.has(key, maxAge, call)) return null;
    return await this.#reads.join(key, call, (shared) => this.#read(name, shared, listed));
  }

  async #read(name: BugName, call: Call, listed: ListedAs | null): Promise<KnownBug | null> {
    const bug = await this.#client.bug(name, call);
    if (bug === null) {
      this.#absent.add(nameOf(name));
      const gone = this.#index.find(name);
      // Under its own id it is gone; an external one may have been replaced.
      if (gone !== null && 'id' in name) this.#index.forget(gone);
      return null;
    }
    const before = this.#index.find({ id: bug.id });
    const extids = extidsOf(before?.extids ?? [], name, listed);
    const objects = translateBug(bug, {
      url: this.#url,
      extid: extids[0] ?? null,
      namespace: listed?.namespace ?? namespaceOf(before),
      versionBefore: before?.issue.version ?? 0,
    });
    await this.#index.keep(objects, extids, listed?.isNew ?? false);
    return { issue: objects.issue, time: objects.time, extids, learntAt: Date.now() };
  }
}

/** Lists name a bug by its current external id; one that somebody asked by may be from an earlier stage. */
function extidsOf(known: readonly string[], name: BugName, listed: ListedAs | null): readonly string[] {
  if (!('extid' in name) || (listed === null && known.includes(name.extid))) return known;
  return listed === null ? [...known, name.extid] : withExtid(known, name.extid);
}

function namespaceOf(known: KnownBug | null): string | null {
  const namespace = known?.issue.misc?.namespace;
  return typeof namespace === 'string' ? namespace : null;
}
