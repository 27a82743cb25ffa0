/**
 * The common model: KCIDB 5.3 as TypeScript types, in the shape that the GraphQL schema gives it (camelCase, nested
 * objects kept). A field that the source does not have, or that was not asked for, is null: null always means "not
 * known", never "empty" (an empty list or string was sent as such).
 *
 * Times are text, RFC 3339 in UTC with six decimals (`2026-02-01T10:00:00.000000Z`), so that they compare as text and
 * lose no microsecond. Durations are seconds. Ids are KCIDB's own (`origin:local`), opaque, unique a type.
 */

/** Highest priority first: the status of a group is the first of these that one of its members has. */
export const STATUSES = ['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP'] as const;
export type Status = (typeof STATUSES)[number];

/**
 * Anything that JSON can hold: what `misc` fields carry. An integer that no double holds is what `JSON.rawJSON` makes of
 * its digits (`parseExactJson` and `exactInteger` give it), so that `JSON.stringify` writes it as it came.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A named remote file. */
export interface Resource {
  readonly name: string;
  readonly url: string;
}

/** A field on which two reports of the same object differ. `field` is the path in this model, such as `environment.comment`. */
export interface Conflict {
  readonly field: string;
  readonly values: readonly ConflictValue[];
}

/** One of the values. The one shown in the object comes first. */
export interface ConflictValue {
  readonly value: Json;
  /** Name of the source that gave it; an adapter may leave it null, the gateway fills it in. */
  readonly source: string | null;
  /** The origin whose report said so, where the source knows it. */
  readonly origin: string | null;
  /** When the source was told, where it knows it. */
  readonly at: string | null;
}

interface CommonFields {
  readonly id: string;
  /** The CI system that reported the object. */
  readonly origin: string;
  /** When the source last changed its copy. */
  readonly timestamp: string | null;
  readonly misc: JsonObject | null;
  /** What the source's own merge of several reports could not agree on; absent where there is nothing. */
  readonly conflicts?: readonly Conflict[];
}

/** A source tree as one CI system obtained it: a commit of a repository, perhaps with patches on top. */
export interface Checkout extends CommonFields {
  readonly treeName: string | null;
  readonly gitRepositoryUrl: string | null;
  /** 40 hexadecimal digits in lower case. */
  readonly gitCommitHash: string | null;
  readonly gitCommitName: string | null;
  readonly gitCommitTags: readonly string[] | null;
  readonly gitCommitMessage: string | null;
  readonly gitRepositoryBranch: string | null;
  readonly gitRepositoryBranchTip: boolean | null;
  readonly patchsetFiles: readonly Resource[] | null;
  /** SHA-256 over the patches, 64 hexadecimal digits; empty or null means no patches. */
  readonly patchsetHash: string | null;
  readonly messageId: string | null;
  readonly comment: string | null;
  readonly startTime: string | null;
  readonly originBuildsFinishTime: string | null;
  readonly originTestsFinishTime: string | null;
  readonly logUrl: string | null;
  readonly logExcerpt: string | null;
  readonly valid: boolean | null;
}

/** One kernel configuration compiled from a checkout. */
export interface Build extends CommonFields {
  readonly checkoutId: string;
  readonly comment: string | null;
  readonly startTime: string | null;
  readonly duration: number | null;
  readonly architecture: string | null;
  readonly command: string | null;
  readonly compiler: string | null;
  readonly inputFiles: readonly Resource[] | null;
  readonly outputFiles: readonly Resource[] | null;
  readonly configName: string | null;
  readonly configUrl: string | null;
  readonly logUrl: string | null;
  readonly logExcerpt: string | null;
  readonly status: Status | null;
}

/** Where a test ran. */
export interface Environment {
  readonly comment: string | null;
  /** Device-tree `compatible` strings, most specific first. */
  readonly compatible: readonly string[] | null;
  readonly misc: JsonObject | null;
}

/** A measurement; read only with the status FAIL, ERROR, PASS or DONE. */
export interface TestNumber {
  readonly value: number;
  readonly unit: string | null;
  readonly prefix: 'metric' | 'binary' | null;
}

/** What the id of a placeholder build contains. */
export const PLACEHOLDER_MARK = ':dummy_';

/**
 * Whether a build's id says that nothing was built: KernelCI's bridge to KCIDB makes such a placeholder where a test
 * has no build. It is found by its id and from its tests, and is in no list, count or group of builds.
 */
export function isPlaceholder(buildId: string): boolean {
  return buildId.includes(PLACEHOLDER_MARK);
}

/** One run of one test on one build. */
export interface Test extends CommonFields {
  readonly buildId: string;
  readonly environment: Environment | null;
  /** Dotted path in the tree of tests, such as `ltp.syscalls.open01`; empty is the root. */
  readonly path: string | null;
  readonly comment: string | null;
  readonly logUrl: string | null;
  readonly logExcerpt: string | null;
  readonly status: Status | null;
  readonly number: TestNumber | null;
  readonly startTime: string | null;
  readonly duration: number | null;
  readonly inputFiles: readonly Resource[] | null;
  readonly outputFiles: readonly Resource[] | null;
}

/** Who is to blame for an issue; all false means that the issue was withdrawn. */
export interface Culprit {
  readonly code: boolean | null;
  readonly tool: boolean | null;
  readonly harness: boolean | null;
}

/** One version of a known problem; its key is (id, version). */
export interface Issue extends CommonFields {
  /** A whole number up to 2^53 - 1; the highest version is the one that counts. */
  readonly version: number;
  readonly categories: readonly string[] | null;
  readonly reportUrl: string | null;
  readonly reportSubject: string | null;
  readonly culprit: Culprit | null;
  readonly comment: string | null;
}

/** An issue seen, or ruled out, in a build or a test. */
export interface Incident extends CommonFields {
  readonly issueId: string;
  readonly issueVersion: number;
  readonly buildId: string | null;
  readonly testId: string | null;
  /** True: the issue occurred. False: it was ruled out. Null: nobody has looked yet. */
  readonly present: boolean | null;
  readonly comment: string | null;
}

/** The entities by name. */
export interface Entities {
  readonly checkout: Checkout;
  readonly build: Build;
  readonly test: Test;
  readonly issue: Issue;
  readonly incident: Incident;
}
export type EntityName = keyof Entities;
export const ENTITY_NAMES = ['checkout', 'build', 'test', 'issue', 'incident'] as const satisfies readonly EntityName[];

/** How many of the children have which status; `none` have not finished. All are 0 but `total` for entities without a status. */
export interface StatusCounts {
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly miss: number;
  readonly done: number;
  readonly skip: number;
  readonly none: number;
  readonly total: number;
}
