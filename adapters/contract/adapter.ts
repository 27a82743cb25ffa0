/**
 * The adapter contract: the only file that an adapter author must read.
 *
 * An adapter answers questions about one CI system in the common model (`model.ts`), in batches, and knows nothing of
 * GraphQL. The gateway asks, merges with what other systems say, and guards every call: time-outs, the circuit
 * breaker, caching, rate and concurrency limits and retries are not the adapter's business.
 *
 * Rules that hold for every call:
 * - A key that the source does not know is absent from the answer, or has an empty page: never an error.
 * - One upstream request serves as many keys as `maxKeys` and `maxParents` say: at most ceil(keys / maxKeys) requests a call.
 * - What fails is a `SourceError`: thrown when the whole call failed, as a value when only that key did. A fault of one
 *   record or one field goes to `call.warn`, and the rest is returned. Anything else thrown is a bug in the adapter.
 * - `call.signal` aborts when nobody waits any more: stop then, upstream too.
 */
import type { ZodType } from 'zod';
import type { SourceError } from './errors.ts';
import type { Filter, PushedFilters } from './filter.ts';
import type { Entities, EntityName, Json, StatusCounts } from './model.ts';

/** The version of this contract. */
export const CONTRACT = 2;

export type Order = 'NEWEST' | 'OLDEST';

/**
 * What can be asked below an object, and the entity that it gives.
 * Parents are ids; of `checkoutsOfRevision` and `issuesOfRevision` they are `HASH` (no patches) or `HASH+PATCHSET`; of
 * `versionsOfIssue` and `incidentsOfIssue` they are the issue's id (all versions) or `VERSION@ID` (that one).
 * The last four are shortcuts: only for a source in which all of it lies together; the gateway makes them otherwise.
 */
export interface Relations {
  readonly checkoutsOfRevision: 'checkout';
  readonly buildsOfCheckout: 'build';
  readonly testsOfBuild: 'test';
  readonly incidentsOfBuild: 'incident';
  readonly incidentsOfTest: 'incident';
  readonly incidentsOfIssue: 'incident';
  readonly versionsOfIssue: 'issue';
  readonly issuesOfRevision: 'issue';
  readonly buildsOfRevision: 'build';
  readonly testsOfRevision: 'test';
  readonly incidentsOfRevision: 'incident';
  readonly testsOfCheckout: 'test';
}
export type RelationName = keyof Relations;
export type RelationTarget<R extends RelationName> = Relations[R];

export const RELATION_TARGETS: Relations = {
  checkoutsOfRevision: 'checkout',
  buildsOfCheckout: 'build',
  testsOfBuild: 'test',
  incidentsOfBuild: 'incident',
  incidentsOfTest: 'incident',
  incidentsOfIssue: 'incident',
  versionsOfIssue: 'issue',
  issuesOfRevision: 'issue',
  buildsOfRevision: 'build',
  testsOfRevision: 'test',
  incidentsOfRevision: 'incident',
  testsOfCheckout: 'test',
};

function isRelationName(name: string): name is RelationName {
  return name in RELATION_TARGETS;
}
export const RELATION_NAMES: readonly RelationName[] = Object.keys(RELATION_TARGETS).filter(isRelationName);

/**
 * How a list is paged through:
 * - `keyset`: the source seeks to the first row strictly after (time, tie);
 * - `full`: the source reads its whole list, sorts it, and seeks the same way;
 * - `offset`: the source counts rows; its items carry a `mark` by which the place is found again.
 */
export type Paging = 'keyset' | 'offset' | 'full';

/**
 * A place in a list. `time` is the sort time (text as in the model, null sorts last in both orders); `tie` breaks equal
 * times, ascending in UTF-8 bytes in both orders. It is the id, or what the source knows while it lists; it names one
 * object within its source, never changes, and equals no other object's id or tie (a version of an issue:
 * `issueTie(id, version)`).
 */
export interface Place {
  readonly time: string | null;
  readonly tie: string;
  /** `offset` only: opaque, at most 100 bytes. */
  readonly mark?: string;
}

export interface PageQuery<E extends EntityName> {
  /** Only conditions on fields and operators that `filters` names. */
  readonly where: Filter<E> | null;
  readonly order: Order;
  /** At most `maxPage`; 0 never arrives. */
  readonly first: number;
  /** Strictly after this place; null from the start. */
  readonly after: Place | null;
  /** Issues only: all versions, not just the newest of each. */
  readonly allVersions?: boolean;
}

export interface PageItem<T> extends Place {
  readonly object: T;
}

export interface Page<T> {
  /** In the order asked for. */
  readonly items: readonly PageItem<T>[];
  /** More come after the last item. */
  readonly hasMore: boolean;
  /**
   * The index that the page is read from is still filling, so that it may lack objects that the source has. The gateway
   * warns the client, and does not cache the page.
   */
  readonly pending?: true;
  /** All that match, where the source tells it on the way. */
  readonly total?: number;
  readonly included?: readonly IncludedObject[];
}

/** An object that came along with an answer, so that nobody has to ask for it again in this request. */
export type IncludedObject = {
  readonly [E in EntityName]: { readonly entity: E; readonly object: Entities[E] };
}[EntityName];

/** One object by key, with the time by which lists sort it. */
export interface Found<T> {
  readonly object: T;
  readonly time: string | null;
}

/** The answer of `get`, keyed by what was asked for (the object's own id may differ: an alias). */
export interface FoundMany<T> extends ReadonlyMap<string, Found<T> | SourceError> {
  readonly included?: readonly IncludedObject[];
}

/**
 * Of one call: who waits how long for what. It is a plain object: a call for a part of the answer is
 * `{ ...call, fields }`, and so on.
 */
export interface Call {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch after which nobody waits. */
  readonly deadline: number;
  /** The selected fields of the entity asked for (names of the model): fetch `logExcerpt`, `misc`, `conflicts` and file lists only where they are among them. */
  readonly fields: ReadonlySet<string>;
  readonly log: Logger;
  /** Answer from what you keep only where you read it at most so many milliseconds ago; absent: where your own options allow it. */
  readonly maxAgeMs?: number | undefined;
  /** Milliseconds since the epoch: upstream requests that cannot begin by then are refused; absent: the deadline decides. */
  readonly startBy?: number | undefined;
  /** Set in background tasks: their upstream requests wait behind those that a client waits for. */
  readonly isBackground?: boolean | undefined;
  /** Set where it is only asked whether the source is there: answer from the source itself. It waits behind no other request. */
  readonly isProbe?: boolean | undefined;
  /** Of the request that the call belongs to: `env.upstream` keeps to it. Pass it on with the signal. */
  readonly share?: ConnectionShare | undefined;
  /**
   * Of the request that the call belongs to: count here what you read, while it comes, where answers may be large. Absent,
   * or not used, the gateway estimates your answer once it is there.
   */
  readonly memory?: MemoryShare | undefined;
  /** Reports the fault of one record or field; the rest is returned. */
  readonly warn: (error: SourceError) => void;
  /**
   * Reports that the answer, or a part of it, is in what the adapter itself keeps, and how many milliseconds ago that was
   * read from the system. The gateway shows the age, and does not answer from a copy of its own, which would hide what
   * the adapter learns.
   */
  readonly kept?: ((ageMs: number) => void) | undefined;
}

/** Bounds the upstream requests that one request has under way at a source. */
export interface ConnectionShare {
  /** Runs a task when there is room. Rejects with the signal's reason where it aborts before. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** What a request holds in memory, out of a budget that all requests share. */
export interface MemoryShare {
  /**
   * Takes so many bytes for rows that are being read.
   * @returns null where they are free at once. Else stop reading until it resolves; where it rejects, they did not become
   * free before `deadline` (milliseconds since the epoch): give the read up.
   */
  takeRows(bytes: number, wait: Pick<Call, 'signal' | 'deadline'>): Promise<void> | null;
}

export interface Health {
  readonly ok: boolean;
  /** One sentence where it is not, or where something is worth knowing (how far an index reaches). */
  readonly detail?: string;
}

/**
 * Which ids a source can hold, by their origin: what is before the first colon, the empty text where there is none. Absent:
 * any. Two sources exclude each other where their sets of origins do.
 */
export interface Keys {
  readonly origins?: readonly string[];
  readonly notOrigins?: readonly string[];
  /** A regular expression that saves questions: ids that it does not match are not asked of the source. */
  readonly pattern?: string;
}

/** Fits no id at all. */
export const NO_KEYS: Keys = { origins: [] };

const patterns = new Map<string, RegExp>();

/** Whether a source's own statement of its keys leaves room for one; without a statement any fits. */
export function fitsKeys(keys: Keys | undefined, key: string): boolean {
  if (keys === undefined) return true;
  const { origins, notOrigins, pattern } = keys;
  const origin = key.slice(0, Math.max(0, key.indexOf(':')));
  if (origins?.includes(origin) === false || notOrigins?.includes(origin) === true) return false;
  return pattern === undefined || regExpOf(pattern).test(key);
}

/** There are as many patterns as adapters declare, and they do not change while the gateway runs. */
function regExpOf(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}

/** Upstream requests that one batch costs: 1 where left out. */
export interface Requests {
  readonly perBatch: number;
  /** Further ones where a field is selected. */
  readonly forFields?: { readonly [field: string]: number };
}

/** How a list is read. */
export interface ListTerms<E extends EntityName> {
  readonly order: readonly Order[];
  readonly paging: Paging;
  /** `PageQuery.first` is at most this. */
  readonly maxPage: number;
  readonly filters: PushedFilters<E>;
}

/** How objects are counted. */
export interface CountTerms<E extends EntityName> {
  /** `atLeast`: there may be more. */
  readonly precision: 'exact' | 'atLeast';
  readonly filters: PushedFilters<E>;
}

/** What a source can be asked about one entity as a whole. */
export interface EntitySource<E extends EntityName> {
  /** By key, `maxKeys` a batch. A key is an id; of an issue `ID` (its newest version) or `VERSION@ID`. An absent key was not found. */
  readonly get?: {
    readonly maxKeys: number;
    readonly requests?: Requests;
    readonly read: (ids: readonly string[], call: Call) => Promise<FoundMany<Entities[E]>>;
  };
  readonly list?: ListTerms<E> & {
    readonly read: (query: PageQuery<E>, call: Call) => Promise<Page<Entities[E]>>;
  };
  /**
   * By status, without placeholder builds (`isPlaceholder`).
   * `allVersions`: of issues, all versions and not just the newest of each.
   */
  readonly count?: CountTerms<E> & {
    readonly read: (where: Filter<E> | null, call: Call, allVersions?: boolean) => Promise<StatusCounts>;
  };
  /** Milliseconds for which an answer stays as good as new: it is kept no longer. 0 says nothing: `cacheTtl` alone decides. */
  readonly freshnessMs: number;
  readonly keys?: Keys;
}

/**
 * What a source can be asked about the children of many parents at once, `maxParents` a batch. A parent that the source
 * does not know has an empty page, or is absent. Where neither `list` nor `count` is there, `keys` alone says below which
 * parents the source can hold children that it cannot list: the gateway names it where one of them is asked.
 */
export interface ChildSource<E extends EntityName> {
  readonly maxParents: number;
  readonly requests?: Requests;
  readonly list?: ListTerms<E> & {
    readonly read: (
      parents: readonly string[],
      query: PageQuery<E>,
      call: Call,
    ) => Promise<ReadonlyMap<string, Page<Entities[E]> | SourceError>>;
  };
  /** By status, without placeholder builds (`isPlaceholder`). A parent that is absent has none. */
  readonly count?: CountTerms<E> & {
    readonly read: (
      parents: readonly string[],
      where: Filter<E> | null,
      call: Call,
    ) => Promise<ReadonlyMap<string, StatusCounts | SourceError>>;
  };
  /** Of the parents. */
  readonly keys?: Keys;
}
export type RelationSource<R extends RelationName> = ChildSource<RelationTarget<R>>;

export type EntitySources = { readonly [E in EntityName]?: EntitySource<E> | undefined };
export type RelationSources = { readonly [R in RelationName]?: RelationSource<R> | undefined };

/** What a source can be asked, and the functions that answer, in one table: what is not there it cannot do. */
export interface Adapter {
  readonly entities: EntitySources;
  readonly relations: RelationSources;
  /** Connects lazily: never throws because the source is down. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Cheap; asks the source. */
  health(call: Call): Promise<Health>;
  /** The write side of a source that takes submissions. */
  readonly store?: Store;
}

// ---------------------------------------------------------------- the write side

/** An object to store, in the common model. Fields that were not sent are null. */
export type StoredObject = {
  readonly [E in EntityName]: { readonly entity: E; readonly object: Entities[E] };
}[EntityName];

/** Who loads, and the receipt to keep in the same transaction. */
export interface Submitter {
  /** The token's origins; null for an operator, who loads for all. */
  readonly origins: readonly string[] | null;
  /** The id of the receipt. */
  readonly submission: string;
}

/** By entity: how many objects were new, changed, or already there as they are. */
export type LoadCounts = {
  readonly [E in EntityName]: { readonly added: number; readonly changed: number; readonly unchanged: number };
};

/** What loading a document came to. */
export interface Loaded extends LoadCounts {
  /** Objects that the document reports for another origin than the one that they belong to: no field of theirs changed by it. */
  readonly conflicts: number;
  /** The id of the first of them in the document; null where there is none. */
  readonly firstConflict: string | null;
}

/** A fault of a refused document. */
export interface Fault {
  /** JSON Pointer, such as `/tests/3/status`. */
  readonly path: string;
  /** A stable keyword, such as `enum` or `format:date-time`. */
  readonly rule: string;
  /** A sentence that a person can act on. */
  readonly message: string;
  /** The value, cut short. */
  readonly value: Json;
}

export interface Receipt {
  readonly id: string;
  /** Null: an operator's. */
  readonly origins: readonly string[] | null;
  readonly state: 'inprogress' | 'processed' | 'failed';
  readonly errors: readonly Fault[];
  readonly time: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
}

export interface Store {
  /** One transaction, all or nothing; the receipt is stored with it as processed. */
  load(objects: AsyncIterable<StoredObject>, by: Submitter, call: Call): Promise<Loaded>;
  receipt(id: string): Promise<Receipt | null>;
  /** Keeps a receipt that no load keeps: of a document that waits, or was refused after it waited. */
  record(receipt: Receipt): Promise<void>;
  /** Brings the tables up to date; gives the migrations that were applied. */
  migrate(): Promise<readonly Migration[]>;
  /** Removes objects last changed before a time; `added` counts none, `changed` those removed. */
  purge(
    before: string,
    origins: readonly string[] | null,
    dryRun: boolean,
  ): Promise<{ readonly [E in EntityName]: number }>;
}

// ---------------------------------------------------------------- how an adapter is made

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a source is configured with beside its own options; each adapter gives the defaults that suit it. */
export interface SourceDefaults {
  /** Milliseconds a call may take. */
  readonly timeout: number;
  /** Upstream requests under way at once. */
  readonly concurrency: number;
  /** Upstream requests a second; null: no limit. */
  readonly rate: number | null;
  /** Milliseconds an answer is kept; 0: not at all. */
  readonly cacheTtl: number;
  /** Milliseconds for which an old answer serves when the source fails. */
  readonly staleIfError: number;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** The media types that are an answer; anything else is SOURCE_BAD_DATA. */
  readonly accept: readonly string[];
  /** Bytes after decompression; 4 MiB where left out. `json()` reads one value for every 8 of them. */
  readonly maxBytes?: number;
  /**
   * Takes the body of an answer with status 200 as it comes, decompressed: for what is too large to be held whole. `text()`
   * and `json()` have nothing then. It is called anew where the request is tried again.
   */
  readonly take?: (body: AsyncIterable<Uint8Array>) => Promise<void>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  text(): string;
  json(): unknown;
}

/** Guarded HTTP: decodes gzip, follows no redirect, checks the content type, limits the body. */
export interface HttpClient {
  request(url: URL, request: HttpRequest, call: Call): Promise<HttpResponse>;
}

/** Transport security where the defaults of the system do not fit; all but the name as PEM. */
export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
}

/** What the gateway gives an adapter at its making. */
export interface AdapterEnv {
  /** The source's name in the configuration. */
  readonly source: string;
  /** A folder of the source's own; not there until the adapter makes it. */
  readonly dataDir: string;
  readonly http: HttpClient;
  readonly log: Logger;
  /** Milliseconds, where configured: what you keep of answers may be no older when you give it again; 0: keep none. */
  readonly cacheTtl?: number;
  /** Nothing may be asked upstream (`http` and `upstream` refuse it by themselves): answer from what is on disk. */
  readonly offline?: boolean;
  /** Transport security of the source's configuration, for a client of the adapter's own; `http` has it already. */
  readonly tls?: TlsOptions | undefined;
  /** Wrap each upstream request in it: a permit of rate and concurrency, one retry of a failed idempotent read, metrics. */
  upstream<T>(call: Call, request: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Runs a task beside the requests, behind them in the queue. Its call has no deadline, and its signal aborts at `stop`;
   * give each upstream request a deadline: `{ ...call, deadline }`. What is warned of goes to the log.
   */
  background(task: (call: Call) => Promise<void>): void;
}

/** `.meta({ kind: PATH_KIND })` on a text among the options: a path, relative to the configuration file. */
export const PATH_KIND = 'a path';

/** What the module of an adapter exports as `adapter`. */
export interface AdapterModule<O = unknown> {
  readonly contract: typeof CONTRACT;
  readonly name: string;
  /** Checked before `create`; with descriptions, which become documentation. Paths are marked by `PATH_KIND`. */
  readonly options: ZodType<O>;
  readonly defaults: SourceDefaults;
  create(options: O, env: AdapterEnv): Adapter;
}

/** The table with each entry replaced. */
export function mapEntities(
  entities: EntitySources,
  replace: <E extends EntityName>(source: EntitySource<E>, entity: E) => EntitySource<E>,
): EntitySources {
  const replaced = <E extends EntityName>(entity: E): EntitySource<E> | undefined => {
    const source = entities[entity];
    return source === undefined ? undefined : replace(source, entity);
  };
  return {
    checkout: replaced('checkout'),
    build: replaced('build'),
    test: replaced('test'),
    issue: replaced('issue'),
    incident: replaced('incident'),
  };
}

/** The table with each entry replaced. */
export function mapRelations(
  relations: RelationSources,
  replace: <R extends RelationName>(source: RelationSource<R>, relation: R) => RelationSource<R>,
): RelationSources {
  const replaced = <R extends RelationName>(relation: R): RelationSource<R> | undefined => {
    const source = relations[relation];
    return source === undefined ? undefined : replace(source, relation);
  };
  return {
    checkoutsOfRevision: replaced('checkoutsOfRevision'),
    buildsOfCheckout: replaced('buildsOfCheckout'),
    testsOfBuild: replaced('testsOfBuild'),
    incidentsOfBuild: replaced('incidentsOfBuild'),
    incidentsOfTest: replaced('incidentsOfTest'),
    incidentsOfIssue: replaced('incidentsOfIssue'),
    versionsOfIssue: replaced('versionsOfIssue'),
    issuesOfRevision: replaced('issuesOfRevision'),
    buildsOfRevision: replaced('buildsOfRevision'),
    testsOfRevision: replaced('testsOfRevision'),
    incidentsOfRevision: replaced('incidentsOfRevision'),
    testsOfCheckout: replaced('testsOfCheckout'),
  };
}

/** What is asked below the objects of a relation. The compiler cannot follow from a relation to its entity: who asks names both. */
export function childSource<E extends EntityName>(
  { relations }: Pick<Adapter, 'relations'>,
  relation: RelationName,
): ChildSource<E> | undefined {
  return relations[relation] as ChildSource<E> | undefined;
}

// ---------------------------------------------------------------- keys and ties

/** The tie of one version of an issue: the id, a space, and the version in 20 digits. */
export function issueTie(id: string, version: number): string {
  return `${id} ${String(version).padStart(20, '0')}`;
}
