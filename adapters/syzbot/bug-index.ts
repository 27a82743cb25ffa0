import type { AdapterEnv } from '../contract/adapter.ts';
import type { Call, Entities, EntityName, Issue, Json, JsonObject } from '../kit/author.ts';
import { BackgroundIndex, type IndexEntry } from '../kit/background-index.ts';
import { Absences, MAX_NO_MS } from '../kit/cache.ts';
import { SingleFlight } from '../kit/single-flight.ts';
import { isObject, type SyzbotClient } from './client.ts';
import { type BugName, commitIn, issueId, nameOf } from './ids.ts';
import type { SyzbotOptions } from './options.ts';
import { type BugObjects, translateBug } from './translate.ts';

/** Of the form and the content of what is kept: raised with each change of the translation. */
const VERSION = 2;
/** External ids that are remembered of one bug: it gets a new one with each stage of its reporting. */
const MAX_EXTIDS = 16;

/** Of its bounds: from there on it counts as full. */
const FULL = 0.95;

/** A bug of which the index knows. */
export interface KnownBug {
  readonly issue: Issue;
  readonly time: string | null;
  readonly extids: readonly string[];
  /** Milliseconds since the epoch. */
  readonly learntAt: number;
}

type AnyRecord = Entities[EntityName];

/** All that was learnt, in the common model, on disk. */
export class BugIndex {
  readonly entries: BackgroundIndex<AnyRecord>;
  readonly #options: SyzbotOptions;
  #waiting: (() => void)[] = [];

  constructor(options: SyzbotOptions, env: AdapterEnv) {
    this.#options = options;
    const { maxEntries, maxBytes } = options;
    this.entries = new BackgroundIndex<AnyRecord>({ version: VERSION, name: 'bugs', maxEntries, maxBytes }, env);
  }

  open(): void {
    this.entries.open();
    const { url } = this.#options;
    // What links to another dashboard is of no use.
    if (this.entries.progress('url') !== url && this.entries.reach().entries > 0) this.entries.beginAnew();
    this.entries.setProgress('url', url);
  }

  close(): void {
    this.entries.close();
    this.wake();
  }

  find(name: BugName): KnownBug | null {
    const entry =
      'id' in name
        ? this.entries.get([issueId(name.id)], 'issue').get(issueId(name.id))
        : this.entries.find('extid', [name.extid], 'issue', 1).get(name.extid)?.[0];
    if (entry === undefined || !('version' in entry.record)) return null;
    const { record: issue, time, learntAt } = entry;
    return { issue, time, extids: extidsOf(this.entries.progress(`extids ${issue.id}`), issue.misc), learntAt };
  }

  /** Keeps all that a bug's page told. New ones stand in front once the index holds what there was to begin with. */
  async keep(bug: BugObjects, extids: readonly string[], front: boolean): Promise<void> {
    const { issue, checkouts, builds, tests, incidents } = bug;
    const shared = [...checkouts.map(checkoutEntry), ...builds.map(buildEntry)];
    // What a commit or a build was first learnt as stays: bugs may name other repositories for one commit.
    const fresh = shared.filter(({ kind, key }) => this.entries.get([key], kind).size === 0);
    if (fresh.length > 0) await this.entries.put(fresh, { front });
    const named = namedCommits(issue);
    const own: IndexEntry<AnyRecord>[] = [
      {
        kind: 'issue',
        key: issue.id,
        names: { extid: extids, named, url: issue.reportUrl === null ? [] : [issue.reportUrl] },
        time: bug.time,
        record: issue,
      },
      ...tests.map((test) => ({
        kind: 'test',
        key: test.id,
        names: { build: [test.buildId], commit: [commitIn(test.buildId)] },
        time: null,
        record: test,
      })),
      ...incidents.map((incident) => ({
        kind: 'incident',
        key: incident.id,
        names: {
          issue: [issue.id],
          ...(incident.testId === null ? {} : { test: [incident.testId] }),
          ...(incident.buildId === null ? {} : { build: [incident.buildId] }),
        },
        time: null,
        record: incident,
      })),
    ];
    await this.entries.put(own, { owner: issue.id, front });
    if (extids.length > 1) this.entries.setProgress(`extids ${issue.id}`, extids);
    for (const go of this.#waiting.splice(0)) go();
  }

  forget(bug: KnownBug): void {
    this.entries.removeOwned(bug.issue.id);
  }

  /** Little more can be learnt without giving up something else. */
  get isFull(): boolean {
    const { entries, bytes } = this.entries.reach();
    return entries > FULL * this.#options.maxEntries || bytes > FULL * this.#options.maxBytes;
  }

  /** Resolves when a bug was learnt, at the latest after so many milliseconds. */
  async learnt(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const leave = () => resolve();
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(resolve);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    this.#waiting = this.#waiting.filter((one) => one !== resolve);
  }

  /** Wakes those who wait: whatever they wait for, there is something new. */
  wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** The external ids of a bug with one more in front, the latest first. */
export function withExtid(extids: readonly string[], extid: string | null): readonly string[] {
  if (extid === null) return extids;
  return [extid, ...extids.filter((one) => one !== extid)].slice(0, MAX_EXTIDS);
}

function extidsOf(kept: Json, misc: JsonObject | null): readonly string[] {
  if (Array.isArray(kept)) return kept.filter((one) => typeof one === 'string');
  return typeof misc?.extid === 'string' ? [misc.extid] : [];
}

/** The commits that a bug names as its fix or its cause. */
export function namedCommits({ misc }: Issue): readonly string[] {
  const named: readonly Json[] = [misc?.['fix-commits'] ?? [], misc?.['cause-commit'] ?? []].flat();
  return named.flatMap((commit) => (isObject(commit) && typeof commit.hash === 'string' ? [commit.hash] : []));
}

function checkoutEntry(checkout: Entities['checkout']): IndexEntry<AnyRecord> {
  const names = { commit: [commitIn(checkout.id)] };
  return { kind: 'checkout', key: checkout.id, names, time: null, record: checkout };
}

function buildEntry(build: Entities['build']): IndexEntry<AnyRecord> {
  const names = { checkout: [build.checkoutId], commit: [commitIn(build.id)] };
  return { kind: 'build', key: build.id, names, time: null, record: build };
}

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
    const extids = extidsWith(before?.extids ?? [], name, listed);
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
function extidsWith(known: readonly string[], name: BugName, listed: ListedAs | null): readonly string[] {
  if (!('extid' in name) || (listed === null && known.includes(name.extid))) return known;
  return listed === null ? [...known, name.extid] : withExtid(known, name.extid);
}

function namespaceOf(known: KnownBug | null): string | null {
  const namespace = known?.issue.misc?.namespace;
  return typeof namespace === 'string' ? namespace : null;
}
