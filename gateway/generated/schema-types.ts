// Made from schema.graphql by codegen.ts: edit the schema instead.
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * An instant: RFC 3339 text. Answers are in UTC with microseconds (`2026-02-01T10:00:00.000000Z`); in arguments any offset
   * will do, but there must be one.
   */
  DateTime: { input: string; output: string; }
  /** A whole number up to 2^53 - 1, as a JSON number: versions of issues do not fit the 32 bits of Int. */
  BigInt: { input: number; output: number; }
  /** Any JSON value, as the origin sent it. Integers keep all their digits, also those that a double cannot hold. */
  JSON: { input: unknown; output: unknown; }
  /** The text of a URL, as the origin sent it. It is data: check it before you open it. */
  URL: { input: string; output: string; }
};

/**
 * How a build or a test ended, in KCIDB's words. The order is KCIDB's priority: the status of a group is the first of
 * these that one of its members has. Null instead of a status means planned, still running, or not known.
 */
export type Status =
  /** The build failed, or the test ran to its end and found the kernel at fault. */
  | 'FAIL'
  /** The test itself broke before it could tell; of the kernel nothing is known. */
  | 'ERROR'
  /** The test never ran: the harness around it (lab, board, network) failed. */
  | 'MISS'
  /** The build succeeded, or the test ran to its end and found nothing wrong. */
  | 'PASS'
  /** The test ran to its end and gives no verdict, for example a measurement. */
  | 'DONE'
  /** The test did not run, since it does not apply here. */
  | 'SKIP';

/** The status folded in three, for a quick look. */
export type Verdict =
  /** The status is PASS. */
  | 'PASS'
  /** The status is FAIL. */
  | 'FAIL'
  /** Any other status, or none yet: nothing is known of the kernel. */
  | 'INCONCLUSIVE';

/** The kind of prefix to show a scaled measurement with. */
export type NumberPrefix =
  /** Powers of 1000: k, M, G. */
  | 'metric'
  /** Powers of 1024: Ki, Mi, Gi. */
  | 'binary';

/** Whether a source answers. */
export type SourceState =
  /** Its last answer was good. */
  | 'UP'
  /** It failed lately, and is still asked. */
  | 'DEGRADED'
  /** It failed so often that it is left alone for a while. */
  | 'DOWN';

/** An object that `node` finds again by its global id. */
export type Node = {
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
};

/** Where a page lies in its list (Relay). */
export type PageInfo = {
  /** More comes after this page. A source that failed does not count. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** True where `after` was given: this is not the first page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null on a page without edges. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
  /** What to give as `after` for the next page. It may be there without edges, and need not be the last edge's cursor. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

/** How many objects have which status. */
export type StatusCounts = {
  /** Number of objects with the status PASS. */
  readonly pass: Scalars['Int']['output'];
  /** Number of objects with the status FAIL. */
  readonly fail: Scalars['Int']['output'];
  /** Number of objects with the status ERROR. */
  readonly error: Scalars['Int']['output'];
  /** Number of objects with the status MISS. */
  readonly miss: Scalars['Int']['output'];
  /** Number of objects with the status DONE. */
  readonly done: Scalars['Int']['output'];
  /** Number of objects with the status SKIP. */
  readonly skip: Scalars['Int']['output'];
  /** Number of objects without a status: planned, running, or not known. */
  readonly none: Scalars['Int']['output'];
  /** Number of all of them. */
  readonly total: Scalars['Int']['output'];
  /** The status of the group: the one of highest priority among its members; null where no member has one. */
  readonly status: Maybe<Status>;
  /** The status of the group folded in three. */
  readonly verdict: Verdict;
};

/** A field on which reports of one object differ. The value shown in the object is the first of the values. */
export type Conflict = {
  /** The field's name, with dots into nested objects, such as `environment.comment` or `misc.lab`. */
  readonly field: Scalars['String']['output'];
  /** Every value that was reported. */
  readonly values: ReadonlyArray<ConflictValue>;
};

/** One of the values of a field on which reports differ. */
export type ConflictValue = {
  /** The value, in the form that the field has in this schema. */
  readonly value: Maybe<Scalars['JSON']['output']>;
  /** Name of the source that gave it. */
  readonly source: Maybe<Scalars['String']['output']>;
  /** The origin whose report said so, where known. */
  readonly origin: Maybe<Scalars['String']['output']>;
  /** When it was reported, where known. */
  readonly at: Maybe<Scalars['DateTime']['output']>;
};

/** A named remote file. */
export type Resource = {
  /** A file name, without folders. */
  readonly name: Scalars['String']['output'];
  /** Where the file itself can be fetched. */
  readonly url: Scalars['URL']['output'];
};

/** Where a test ran. */
export type Environment = {
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** Device-tree `compatible` strings of the board, most specific first. */
  readonly compatible: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Whatever else the origin says, in its own words; `platform` names the board where KernelCI ran it. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
};

/** A measurement. It means something only with the status FAIL, ERROR, PASS or DONE. */
export type TestNumber = {
  /** The value, in `unit`. */
  readonly value: Scalars['Float']['output'];
  /** The unit, such as `s` or `MB/s`; null for a number without one. */
  readonly unit: Maybe<Scalars['String']['output']>;
  /** How to scale it for display; null: as it is. */
  readonly prefix: Maybe<NumberPrefix>;
};

/** Who is to blame for an issue. All false: the issue was withdrawn. */
export type Culprit = {
  /** The code under test. */
  readonly code: Maybe<Scalars['Boolean']['output']>;
  /** The tool: compiler, static analyser, or the test itself. */
  readonly tool: Maybe<Scalars['Boolean']['output']>;
  /** The harness around it: lab, board, network. */
  readonly harness: Maybe<Scalars['Boolean']['output']>;
};

/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type Query = {
  /**
   * One commit, with or without patches on top, over all CI systems: the place to start from. Null where nobody knows it;
   * of a commit that is known only with patches a BAD_USER_INPUT names these.
   */
  readonly revision: Maybe<Revision>;
  /** One checkout by its id. */
  readonly checkout: Maybe<Checkout>;
  /** One build by its id. */
  readonly build: Maybe<Build>;
  /** One test run by its id. */
  readonly test: Maybe<Test>;
  /** One incident by its id. */
  readonly incident: Maybe<Incident>;
  /** One issue by its id. */
  readonly issue: Maybe<Issue>;
  /** Commits with what was tested of them. One stands where its newest matching checkout stands. */
  readonly revisions: RevisionConnection;
  /** Checkouts of all sources. */
  readonly checkouts: CheckoutConnection;
  /** Builds of all sources. */
  readonly builds: BuildConnection;
  /** Test runs of all sources. */
  readonly tests: TestConnection;
  /** Known problems: the newest version of each. */
  readonly issues: IssueConnection;
  /** Where issues were seen, or ruled out. */
  readonly incidents: IncidentConnection;
  /** Any object by its global id; null where it is not, or no longer, known. */
  readonly node: Maybe<Node>;
  /** Many objects by their global ids, in the order asked for. */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /** The CI systems behind this endpoint, and how they are. */
  readonly sources: ReadonlyArray<Source>;
  /** One of them; null where there is none of that name. */
  readonly source: Maybe<Source>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryRevisionArgs = {
  gitCommitHash: Scalars['String']['input'];
  patchsetHash?: InputMaybe<Scalars['String']['input']>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryCheckoutArgs = {
  id: Scalars['ID']['input'];
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryBuildArgs = {
  id: Scalars['ID']['input'];
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryTestArgs = {
  id: Scalars['ID']['input'];
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryIncidentArgs = {
  id: Scalars['ID']['input'];
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryIssueArgs = {
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['BigInt']['input']>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryRevisionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<RevisionFilter>;
  orderBy?: InputMaybe<RevisionOrder>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryCheckoutsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CheckoutFilter>;
  orderBy?: InputMaybe<CheckoutOrder>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryBuildsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BuildFilter>;
  orderBy?: InputMaybe<BuildOrder>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryTestsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TestFilter>;
  orderBy?: InputMaybe<TestOrder>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryIssuesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IssueFilter>;
  orderBy?: InputMaybe<IssueOrder>;
  allVersions?: InputMaybe<Scalars['Boolean']['input']>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IncidentFilter>;
  orderBy?: InputMaybe<IncidentOrder>;
  sources?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** The questions. Those that name `sources` can be narrowed to some of the CI systems. */
export type QuerySourceArgs = {
  name: Scalars['String']['input'];
};

/** What can be changed: results can be handed in. */
export type Mutation = {
  /**
   * Stores a KCIDB document of any version from 1.1 up: all of it, or nothing with the reasons. Needs a token for the
   * origins named in it, unless the instance is open.
   */
  readonly submit: Submission;
};


/** What can be changed: results can be handed in. */
export type MutationSubmitArgs = {
  document: Scalars['JSON']['input'];
};

/** What became of a submitted document. */
export type Submission = {
  /** Under which /status tells of it. */
  readonly id: Scalars['ID']['output'];
  /** `ok`: all of it is stored. */
  readonly status: Scalars['String']['output'];
  /** One sentence for a person. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** By kind of object: how many were `added`, `changed`, or there already (`unchanged`). */
  readonly counts: Maybe<Scalars['JSON']['output']>;
  /**
   * How many objects the document reports for another origin than the one they belong to. It changes no field of these
   * objects: what it says is recorded in their `conflicts`. `message` names the first of them.
   */
  readonly conflicts: Scalars['Int']['output'];
};

/** One CI system behind this endpoint. */
export type Source = {
  /** Its name in the configuration: what `sources` arguments take. */
  readonly name: Scalars['String']['output'];
  /** The adapter that speaks to it. */
  readonly adapter: Scalars['String']['output'];
  /** Whether it answers. */
  readonly state: SourceState;
  /** Since when it has been in this state. */
  readonly since: Scalars['DateTime']['output'];
  /** Time of its last answer, in milliseconds; null before the first. */
  readonly latency: Maybe<Scalars['Float']['output']>;
  /** One sentence where something is worth knowing: the last failure, or how far an index reaches. */
  readonly detail: Maybe<Scalars['String']['output']>;
  /** What it can look up, list, filter and count by itself. */
  readonly capabilities: Scalars['JSON']['output'];
};

/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type Revision = Node & {
  /** The commit: 40 hexadecimal digits in lower case. */
  readonly gitCommitHash: Scalars['String']['output'];
  /** SHA-256 over the patches on top; empty for none. */
  readonly patchsetHash: Scalars['String']['output'];
  /** What `git describe` says, as the first checkout that knows. */
  readonly gitCommitName: Maybe<Scalars['String']['output']>;
  /**
   * When its first checkout began, of all that the sources have; null where none tells. Order commits by it to see since
   * when something happens: tests of an older commit can run later.
   */
  readonly firstSeen: Maybe<Scalars['DateTime']['output']>;
  /** When its last checkout began, of all that the sources have; null where none tells. */
  readonly lastSeen: Maybe<Scalars['DateTime']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have a checkout of it, or an issue that names it. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** Its checkouts. */
  readonly checkouts: CheckoutConnection;
  /** The builds of its checkouts. */
  readonly builds: BuildConnection;
  /** The tests of its builds. */
  readonly tests: TestConnection;
  /** The incidents of its builds and tests. */
  readonly incidents: IncidentConnection;
  /** Issues that name this commit as their cause or their fix. */
  readonly issues: IssueConnection;
  /** Its tests by status; null where there are too many to count exactly. */
  readonly statusCounts: Maybe<StatusCounts>;
};


/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type RevisionCheckoutsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CheckoutFilter>;
  orderBy?: InputMaybe<CheckoutOrder>;
};


/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type RevisionBuildsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BuildFilter>;
  orderBy?: InputMaybe<BuildOrder>;
};


/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type RevisionTestsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TestFilter>;
  orderBy?: InputMaybe<TestOrder>;
};


/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type RevisionIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IncidentFilter>;
  orderBy?: InputMaybe<IncidentOrder>;
};


/** One commit with the patches on top of it: what all CI systems tested in common. Made from checkouts and issues. */
export type RevisionIssuesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IssueFilter>;
  orderBy?: InputMaybe<IssueOrder>;
};

/** A source tree as one CI system obtained it: a commit of a repository, perhaps with patches on top. */
export type Checkout = Node & {
  /** KCIDB's id of the checkout: opaque, never parse it. */
  readonly id: Scalars['ID']['output'];
  /** The CI system that reported the checkout. */
  readonly origin: Scalars['String']['output'];
  /** The well-known name of the tree, such as `mainline` or `net-next`. */
  readonly treeName: Maybe<Scalars['String']['output']>;
  /** The repository. */
  readonly gitRepositoryUrl: Maybe<Scalars['URL']['output']>;
  /** The commit: 40 hexadecimal digits. */
  readonly gitCommitHash: Maybe<Scalars['String']['output']>;
  /** What `git describe` says of the commit. */
  readonly gitCommitName: Maybe<Scalars['String']['output']>;
  /** Tags on the very commit. */
  readonly gitCommitTags: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The commit's message. */
  readonly gitCommitMessage: Maybe<Scalars['String']['output']>;
  /** The branch. */
  readonly gitRepositoryBranch: Maybe<Scalars['String']['output']>;
  /** The commit was the tip of the branch when it was checked out. */
  readonly gitRepositoryBranchTip: Maybe<Scalars['Boolean']['output']>;
  /** The patches, in the order in which they were applied. */
  readonly patchsetFiles: Maybe<ReadonlyArray<Resource>>;
  /** SHA-256 over the patches, 64 hexadecimal digits; empty or null for none. */
  readonly patchsetHash: Maybe<Scalars['String']['output']>;
  /** Message-ID of the mail that brought the patches. */
  readonly messageId: Maybe<Scalars['String']['output']>;
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** When the checkout began. */
  readonly startTime: Maybe<Scalars['DateTime']['output']>;
  /** When the origin finished the last build that it had planned; null: not yet, or it does not say. */
  readonly originBuildsFinishTime: Maybe<Scalars['DateTime']['output']>;
  /** When the origin finished the last test that it had planned; null: not yet, or it does not say. */
  readonly originTestsFinishTime: Maybe<Scalars['DateTime']['output']>;
  /** The log of the checkout. */
  readonly logUrl: Maybe<Scalars['URL']['output']>;
  /** The part of the log that matters most, at most 16384 characters. Large: ask for it only where it is read. */
  readonly logExcerpt: Maybe<Scalars['String']['output']>;
  /** The tree could be obtained and the patches applied; null: not known yet. */
  readonly valid: Maybe<Scalars['Boolean']['output']>;
  /** Whatever else the origin says, in its own words. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have this checkout. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** When it last changed in the source that is shown first. */
  readonly timestamp: Maybe<Scalars['DateTime']['output']>;
  /** Fields on which reports differ, between CI systems or within one. Asking for it makes every source send every field. */
  readonly conflicts: ReadonlyArray<Conflict>;
  /** What all CI systems know of the same commit and patches; null where the checkout does not say which commit it is. */
  readonly revision: Maybe<Revision>;
  /** Its builds, of every source. */
  readonly builds: BuildConnection;
  /** The tests of its builds, of every source. */
  readonly tests: TestConnection;
};


/** A source tree as one CI system obtained it: a commit of a repository, perhaps with patches on top. */
export type CheckoutBuildsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BuildFilter>;
  orderBy?: InputMaybe<BuildOrder>;
};


/** A source tree as one CI system obtained it: a commit of a repository, perhaps with patches on top. */
export type CheckoutTestsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TestFilter>;
  orderBy?: InputMaybe<TestOrder>;
};

/** One kernel configuration compiled from a checkout. */
export type Build = Node & {
  /** KCIDB's id of the build: opaque, never parse it. */
  readonly id: Scalars['ID']['output'];
  /** The CI system that reported the build. */
  readonly origin: Scalars['String']['output'];
  /** Id of the checkout that was built. It stands here also where the checkout is not known. */
  readonly checkoutId: Scalars['ID']['output'];
  /** The checkout that was built; null where no source has it, which is normal. */
  readonly checkout: Maybe<Checkout>;
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** When the build began. */
  readonly startTime: Maybe<Scalars['DateTime']['output']>;
  /** How long it took, in seconds. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** The target, as the kernel names it, such as `arm64`. */
  readonly architecture: Maybe<Scalars['String']['output']>;
  /** The command that built it. */
  readonly command: Maybe<Scalars['String']['output']>;
  /** Name and version of the compiler, free text. */
  readonly compiler: Maybe<Scalars['String']['output']>;
  /** What went in, such as a configuration. */
  readonly inputFiles: Maybe<ReadonlyArray<Resource>>;
  /** What came out: kernel, modules, logs. */
  readonly outputFiles: Maybe<ReadonlyArray<Resource>>;
  /** Name of the configuration, such as `defconfig`. */
  readonly configName: Maybe<Scalars['String']['output']>;
  /** The configuration itself. */
  readonly configUrl: Maybe<Scalars['URL']['output']>;
  /** The log of the build. */
  readonly logUrl: Maybe<Scalars['URL']['output']>;
  /** The part of the log that matters most, at most 16384 characters. Large: ask for it only where it is read. */
  readonly logExcerpt: Maybe<Scalars['String']['output']>;
  /** How it ended; null: planned or running. */
  readonly status: Maybe<Status>;
  /** The status folded in three. */
  readonly verdict: Verdict;
  /** Whatever else the origin says, in its own words. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have this build. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** When it last changed in the source that is shown first. */
  readonly timestamp: Maybe<Scalars['DateTime']['output']>;
  /** Fields on which reports differ, between CI systems or within one. Asking for it makes every source send every field. */
  readonly conflicts: ReadonlyArray<Conflict>;
  /** The tests that ran on it, of every source. */
  readonly tests: TestConnection;
  /** Issues seen, or ruled out, in it. */
  readonly incidents: IncidentConnection;
};


/** One kernel configuration compiled from a checkout. */
export type BuildTestsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TestFilter>;
  orderBy?: InputMaybe<TestOrder>;
};


/** One kernel configuration compiled from a checkout. */
export type BuildIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IncidentFilter>;
  orderBy?: InputMaybe<IncidentOrder>;
};

/** One run of one test on one build. */
export type Test = Node & {
  /** KCIDB's id of the test run: opaque, never parse it. */
  readonly id: Scalars['ID']['output'];
  /** The CI system that reported the test run. */
  readonly origin: Scalars['String']['output'];
  /** Id of the build that was tested. It stands here also where the build is not known. */
  readonly buildId: Scalars['ID']['output'];
  /** The build that was tested; null where no source has it, which is normal. */
  readonly build: Maybe<Build>;
  /** Where it ran. */
  readonly environment: Maybe<Environment>;
  /** Dotted path in the tree of tests, such as `ltp.syscalls.open01`; empty for all tests of the build. */
  readonly path: Maybe<Scalars['String']['output']>;
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** The log of the test. */
  readonly logUrl: Maybe<Scalars['URL']['output']>;
  /** The part of the log that matters most, at most 16384 characters. Large: ask for it only where it is read. */
  readonly logExcerpt: Maybe<Scalars['String']['output']>;
  /** How it ended; null: planned or running. */
  readonly status: Maybe<Status>;
  /** The status folded in three. */
  readonly verdict: Verdict;
  /** What it measured. */
  readonly number: Maybe<TestNumber>;
  /** When it began. */
  readonly startTime: Maybe<Scalars['DateTime']['output']>;
  /** How long it took, in seconds. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** What went in, such as a root file system. */
  readonly inputFiles: Maybe<ReadonlyArray<Resource>>;
  /** What came out beside the log. */
  readonly outputFiles: Maybe<ReadonlyArray<Resource>>;
  /** Whatever else the origin says, in its own words. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have this test run. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** When it last changed in the source that is shown first. */
  readonly timestamp: Maybe<Scalars['DateTime']['output']>;
  /** Fields on which reports differ, between CI systems or within one. Asking for it makes every source send every field. */
  readonly conflicts: ReadonlyArray<Conflict>;
  /** Issues seen, or ruled out, in it. */
  readonly incidents: IncidentConnection;
};


/** One run of one test on one build. */
export type TestIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IncidentFilter>;
  orderBy?: InputMaybe<IncidentOrder>;
};

/** One version of a known problem. Its key is the id with the version; the highest version is the one that counts. */
export type Issue = Node & {
  /** KCIDB's id of the issue: opaque, never parse it. */
  readonly id: Scalars['ID']['output'];
  /** The CI system that reported the issue. */
  readonly origin: Scalars['String']['output'];
  /** The version of this description; a higher one replaces it. */
  readonly version: Scalars['BigInt']['output'];
  /** Dotted paths in a tree of categories, such as `runtime.oops`. */
  readonly categories: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Where the problem is reported. */
  readonly reportUrl: Maybe<Scalars['URL']['output']>;
  /** Subject of that report. */
  readonly reportSubject: Maybe<Scalars['String']['output']>;
  /** Who is to blame. */
  readonly culprit: Maybe<Culprit>;
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** Whatever else the origin says, in its own words. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have this issue. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** When it last changed in the source that is shown first. */
  readonly timestamp: Maybe<Scalars['DateTime']['output']>;
  /** Fields on which reports differ, between CI systems or within one. Asking for it makes every source send every field. */
  readonly conflicts: ReadonlyArray<Conflict>;
  /** All its versions, the newest first. */
  readonly versions: ReadonlyArray<Issue>;
  /** Where the issue was seen, or ruled out, in any of its versions; the filter `issueVersion` narrows that. */
  readonly incidents: IncidentConnection;
};


/** One version of a known problem. Its key is the id with the version; the highest version is the one that counts. */
export type IssueIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IncidentFilter>;
  orderBy?: InputMaybe<IncidentOrder>;
};

/** An issue seen, or ruled out, in a build or a test. */
export type Incident = Node & {
  /** KCIDB's id of the incident: opaque, never parse it. */
  readonly id: Scalars['ID']['output'];
  /** The CI system that reported the incident. */
  readonly origin: Scalars['String']['output'];
  /** Id of the issue. */
  readonly issueId: Scalars['ID']['output'];
  /** Version of the issue. */
  readonly issueVersion: Scalars['BigInt']['output'];
  /** The issue in that version; null where no source has it. */
  readonly issue: Maybe<Issue>;
  /** Id of the build in which it was looked for; null: in none. */
  readonly buildId: Maybe<Scalars['ID']['output']>;
  /** That build; null also where no source has it. */
  readonly build: Maybe<Build>;
  /** Id of the test run in which it was looked for; null: in none. */
  readonly testId: Maybe<Scalars['ID']['output']>;
  /** That test run; null also where no source has it. */
  readonly test: Maybe<Test>;
  /** True: it occurred. False: it was ruled out. Null: nobody has looked yet. */
  readonly present: Maybe<Scalars['Boolean']['output']>;
  /** What a person would say of it. */
  readonly comment: Maybe<Scalars['String']['output']>;
  /** Whatever else the origin says, in its own words. */
  readonly misc: Maybe<Scalars['JSON']['output']>;
  /** Global id over all types: what `node(id:)` takes. Opaque. */
  readonly nodeId: Scalars['ID']['output'];
  /** Names of the sources that have this incident. */
  readonly sources: ReadonlyArray<Scalars['String']['output']>;
  /** When it last changed in the source that is shown first. */
  readonly timestamp: Maybe<Scalars['DateTime']['output']>;
  /** Fields on which reports differ, between CI systems or within one. Asking for it makes every source send every field. */
  readonly conflicts: ReadonlyArray<Conflict>;
};

/** A page of revisions. */
export type RevisionConnection = {
  /** The revisions of this page, each with its cursor. */
  readonly edges: ReadonlyArray<RevisionEdge>;
  /** The revisions of this page, without cursors. */
  readonly nodes: ReadonlyArray<Revision>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** One of the revisions in its place. */
export type RevisionEdge = {
  /** The object. */
  readonly node: Revision;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How revisions are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type RevisionOrder =
  /** By start time of the newest matching checkout, latest first. */
  | 'NEWEST'
  /** By start time of the newest matching checkout, earliest first. */
  | 'OLDEST';

/** A page of checkouts. */
export type CheckoutConnection = {
  /** The checkouts of this page, each with its cursor. */
  readonly edges: ReadonlyArray<CheckoutEdge>;
  /** The checkouts of this page, without cursors. */
  readonly nodes: ReadonlyArray<Checkout>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** One of the checkouts in its place. */
export type CheckoutEdge = {
  /** The object. */
  readonly node: Checkout;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How checkouts are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type CheckoutOrder =
  /** By start time, latest first. */
  | 'NEWEST'
  /** By start time, earliest first. */
  | 'OLDEST';

/** A page of builds. */
export type BuildConnection = {
  /** The builds of this page, each with its cursor. */
  readonly edges: ReadonlyArray<BuildEdge>;
  /** The builds of this page, without cursors. */
  readonly nodes: ReadonlyArray<Build>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
  /** All of them, on all pages, by status; null where that cannot be told exactly. */
  readonly statusCounts: Maybe<StatusCounts>;
};

/** One of the builds in its place. */
export type BuildEdge = {
  /** The object. */
  readonly node: Build;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How builds are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type BuildOrder =
  /** By start time, latest first. */
  | 'NEWEST'
  /** By start time, earliest first. */
  | 'OLDEST';

/** A page of test runs. */
export type TestConnection = {
  /** The test runs of this page, each with its cursor. */
  readonly edges: ReadonlyArray<TestEdge>;
  /** The test runs of this page, without cursors. */
  readonly nodes: ReadonlyArray<Test>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
  /** All of them, on all pages, by status; null where that cannot be told exactly. */
  readonly statusCounts: Maybe<StatusCounts>;
};

/** One of the test runs in its place. */
export type TestEdge = {
  /** The object. */
  readonly node: Test;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How test runs are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type TestOrder =
  /** By start time, latest first. */
  | 'NEWEST'
  /** By start time, earliest first. */
  | 'OLDEST';

/** A page of issues. */
export type IssueConnection = {
  /** The issues of this page, each with its cursor. */
  readonly edges: ReadonlyArray<IssueEdge>;
  /** The issues of this page, without cursors. */
  readonly nodes: ReadonlyArray<Issue>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** One of the issues in its place. */
export type IssueEdge = {
  /** The object. */
  readonly node: Issue;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How issues are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type IssueOrder =
  /** By time at which the source first knew them, latest first. */
  | 'NEWEST'
  /** By time at which the source first knew them, earliest first. */
  | 'OLDEST';

/** A page of incidents. */
export type IncidentConnection = {
  /** The incidents of this page, each with its cursor. */
  readonly edges: ReadonlyArray<IncidentEdge>;
  /** The incidents of this page, without cursors. */
  readonly nodes: ReadonlyArray<Incident>;
  /** Where this page lies in the list. */
  readonly pageInfo: PageInfo;
  /** How many there are on all pages; null where that cannot be told exactly. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** One of the incidents in its place. */
export type IncidentEdge = {
  /** The object. */
  readonly node: Incident;
  /** What to give as `after` to go on behind it. Opaque. */
  readonly cursor: Scalars['String']['output'];
};

/** How incidents are sorted. Ties are broken by id, ascending; what has no time comes last. */
export type IncidentOrder =
  /** By time at which the source first knew them, latest first. */
  | 'NEWEST'
  /** By time at which the source first knew them, earliest first. */
  | 'OLDEST';

/** A span of time, half-open: from <= t < to. An end that is absent is open. */
export type TimeRange = {
  /** The first instant that belongs to it. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** The first instant that no longer does. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A range of numbers, half-open: from <= n < to. An end that is absent is open. */
export type NumberRange = {
  /** The least number that belongs to it. */
  readonly from?: InputMaybe<Scalars['Float']['input']>;
  /** The least number that no longer does. */
  readonly to?: InputMaybe<Scalars['Float']['input']>;
};

/** Dotted paths. Where several fields are given, all must fit. */
export type PathFilter = {
  /** One of these very paths. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** This node of the tree, or anything below it: `ltp` fits `ltp` and `ltp.open01`, and not `ltp-x`. */
  readonly under?: InputMaybe<Scalars['String']['input']>;
  /** Begins with this text: `ltp` fits `ltp`, `ltp.mm` and `ltp-mm.brk01`. */
  readonly prefix?: InputMaybe<Scalars['String']['input']>;
  /** Has this text somewhere, in any case: `MM.c` fits `ltp-mm.c`. */
  readonly contains?: InputMaybe<Scalars['String']['input']>;
};

/** Hashes, compared in lower case. Where both fields are given, both must fit. */
export type HashFilter = {
  /** One of these very hashes. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Hexadecimal digits that it begins with. */
  readonly prefix?: InputMaybe<Scalars['String']['input']>;
};

/** Who is to blame. Each field that is given must be equal; one that nobody has judged fits neither true nor false. */
export type CulpritFilter = {
  /** The code under test. */
  readonly code?: InputMaybe<Scalars['Boolean']['input']>;
  /** The tool: compiler, static analyser, or the test itself. */
  readonly tool?: InputMaybe<Scalars['Boolean']['input']>;
  /** The harness around it: lab, board, network. */
  readonly harness?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Which commits: those that have a checkout which fits all of it. An empty list fits nothing; what is absent or null does not filter. */
export type RevisionFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Commit of the checkout. */
  readonly gitCommitHash?: InputMaybe<HashFilter>;
  /** Tree name of the checkout. */
  readonly treeName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Repository of the checkout; compared without regard to `.git`, a trailing slash, or `git://` and `http://` for kernel.org. */
  readonly gitRepositoryUrl?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Branch of the checkout. */
  readonly gitRepositoryBranch?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Hash of the patches; the empty string fits checkouts without patches. */
  readonly patchsetHash?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** What `git describe` says. */
  readonly gitCommitName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Has one of these tags. */
  readonly gitCommitTags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Message-ID of the mail that brought the patches, with or without its angle brackets. */
  readonly messageId?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Whether the checkout worked; null in the list fits those of which nothing is known yet. */
  readonly valid?: InputMaybe<ReadonlyArray<InputMaybe<Scalars['Boolean']['input']>>>;
  /** Began within this time. */
  readonly startTime?: InputMaybe<TimeRange>;
};

/** Which checkouts: those that fit all of it. An empty list fits nothing; what is absent or null does not filter. */
export type CheckoutFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Commit of the checkout. */
  readonly gitCommitHash?: InputMaybe<HashFilter>;
  /** Tree name of the checkout. */
  readonly treeName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Repository of the checkout; compared without regard to `.git`, a trailing slash, or `git://` and `http://` for kernel.org. */
  readonly gitRepositoryUrl?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Branch of the checkout. */
  readonly gitRepositoryBranch?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Hash of the patches; the empty string fits checkouts without patches. */
  readonly patchsetHash?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** What `git describe` says. */
  readonly gitCommitName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Has one of these tags. */
  readonly gitCommitTags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Message-ID of the mail that brought the patches, with or without its angle brackets. */
  readonly messageId?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Whether the checkout worked; null in the list fits those of which nothing is known yet. */
  readonly valid?: InputMaybe<ReadonlyArray<InputMaybe<Scalars['Boolean']['input']>>>;
  /** Began within this time. */
  readonly startTime?: InputMaybe<TimeRange>;
};

/** Which builds: those that fit all of it. An empty list fits nothing; what is absent or null does not filter. */
export type BuildFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Built from one of these checkouts. */
  readonly checkoutId?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Has one of these statuses; null in the list fits those that have none yet. */
  readonly status?: InputMaybe<ReadonlyArray<InputMaybe<Status>>>;
  /** Built for one of these architectures. */
  readonly architecture?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Built with one of these configurations. */
  readonly configName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Built by one of these compilers, compared as text. */
  readonly compiler?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Began within this time. */
  readonly startTime?: InputMaybe<TimeRange>;
  /** Took so many seconds. */
  readonly duration?: InputMaybe<NumberRange>;
  /**
   * Has an incident with `present: true`, or has none. One that was ruled out (`present: false`) or not looked at yet
   * (`present: null`) explains nothing.
   */
  readonly hasIncident?: InputMaybe<Scalars['Boolean']['input']>;
  /** Commit of its checkout. */
  readonly gitCommitHash?: InputMaybe<HashFilter>;
  /** Tree name of its checkout. */
  readonly treeName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Repository of its checkout; compared without regard to `.git`, a trailing slash, or `git://` and `http://` for kernel.org. */
  readonly gitRepositoryUrl?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Branch of its checkout. */
  readonly gitRepositoryBranch?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Which test runs: those that fit all of it. An empty list fits nothing; what is absent or null does not filter. */
export type TestFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Ran on one of these builds. */
  readonly buildId?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Has one of these statuses; null in the list fits those that have none yet. */
  readonly status?: InputMaybe<ReadonlyArray<InputMaybe<Status>>>;
  /** Where it stands in the tree of tests. */
  readonly path?: InputMaybe<PathFilter>;
  /** Ran on one of these boards: `environment.misc.platform`. */
  readonly platform?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Ran on hardware with one of these device-tree `compatible` strings. */
  readonly compatible?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Began within this time. */
  readonly startTime?: InputMaybe<TimeRange>;
  /** Took so many seconds. */
  readonly duration?: InputMaybe<NumberRange>;
  /** Measured a value within this range. */
  readonly number?: InputMaybe<NumberRange>;
  /**
   * Has an incident with `present: true`, or has none. One that was ruled out (`present: false`) or not looked at yet
   * (`present: null`) explains nothing.
   */
  readonly hasIncident?: InputMaybe<Scalars['Boolean']['input']>;
  /** Architecture of its build. */
  readonly architecture?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Configuration of its build. */
  readonly configName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Compiler of its build. */
  readonly compiler?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Commit of its checkout. */
  readonly gitCommitHash?: InputMaybe<HashFilter>;
  /** Tree name of its checkout. */
  readonly treeName?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Repository of its checkout; compared without regard to `.git`, a trailing slash, or `git://` and `http://` for kernel.org. */
  readonly gitRepositoryUrl?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Branch of its checkout. */
  readonly gitRepositoryBranch?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Which issues: those that fit all of it. An empty list fits nothing; what is absent or null does not filter. */
export type IssueFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Has one of these categories. */
  readonly category?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Is reported at one of these addresses. */
  readonly reportUrl?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Who is to blame. */
  readonly culprit?: InputMaybe<CulpritFilter>;
};

/** Which incidents: those that fit all of it. An empty list fits nothing; what is absent or null does not filter. */
export type IncidentFilter = {
  /** One of these ids. */
  readonly id?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Reported by one of these CI systems. */
  readonly origin?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last changed within this time. */
  readonly timestamp?: InputMaybe<TimeRange>;
  /** Of one of these issues. */
  readonly issueId?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these versions. */
  readonly issueVersion?: InputMaybe<ReadonlyArray<Scalars['BigInt']['input']>>;
  /** In one of these builds. */
  readonly buildId?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** In one of these test runs. */
  readonly testId?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Seen (true), ruled out (false), or not looked at yet (null). */
  readonly present?: InputMaybe<ReadonlyArray<InputMaybe<Scalars['Boolean']['input']>>>;
};
