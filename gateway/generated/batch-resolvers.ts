// Made from schema.graphql by codegen.ts: edit the schema instead.
import type { BatchResolver } from '../graphql/resolvers/batch-resolver.ts';
import type {
  BuildIncidentsArgs,
  BuildTestsArgs,
  CheckoutBuildsArgs,
  CheckoutTestsArgs,
  IssueIncidentsArgs,
  MutationSubmitArgs,
  NumberPrefix,
  QueryBuildArgs,
  QueryBuildsArgs,
  QueryCheckoutArgs,
  QueryCheckoutsArgs,
  QueryIncidentArgs,
  QueryIncidentsArgs,
  QueryIssueArgs,
  QueryIssuesArgs,
  QueryNodeArgs,
  QueryNodesArgs,
  QueryRevisionArgs,
  QueryRevisionsArgs,
  QuerySourceArgs,
  QueryTestArgs,
  QueryTestsArgs,
  RevisionBuildsArgs,
  RevisionCheckoutsArgs,
  RevisionIncidentsArgs,
  RevisionIssuesArgs,
  RevisionTestsArgs,
  SourceState,
  Status,
  TestIncidentsArgs,
  Verdict,
} from './schema-types.ts';

type NoArgs = Readonly<Record<string, never>>;

/** What an object of each type is at run time. */
export interface ObjectTypes {
  readonly PageInfo: unknown;
  readonly StatusCounts: unknown;
  readonly Conflict: unknown;
  readonly ConflictValue: unknown;
  readonly Resource: unknown;
  readonly Environment: unknown;
  readonly TestNumber: unknown;
  readonly Culprit: unknown;
  readonly Submission: unknown;
  readonly Source: unknown;
  readonly Revision: unknown;
  readonly Checkout: unknown;
  readonly Build: unknown;
  readonly Test: unknown;
  readonly Issue: unknown;
  readonly Incident: unknown;
  readonly RevisionConnection: unknown;
  readonly RevisionEdge: unknown;
  readonly CheckoutConnection: unknown;
  readonly CheckoutEdge: unknown;
  readonly BuildConnection: unknown;
  readonly BuildEdge: unknown;
  readonly TestConnection: unknown;
  readonly TestEdge: unknown;
  readonly IssueConnection: unknown;
  readonly IssueEdge: unknown;
  readonly IncidentConnection: unknown;
  readonly IncidentEdge: unknown;
}

/** The batch resolvers of the schema; `T` says what its objects are at run time. */
export interface BatchResolvers<T extends ObjectTypes = ObjectTypes> {
  readonly PageInfo?: {
    readonly hasNextPage?: BatchResolver<T['PageInfo'], NoArgs, unknown>;
    readonly hasPreviousPage?: BatchResolver<T['PageInfo'], NoArgs, unknown>;
    readonly startCursor?: BatchResolver<T['PageInfo'], NoArgs, unknown | null>;
    readonly endCursor?: BatchResolver<T['PageInfo'], NoArgs, unknown | null>;
  };
  readonly StatusCounts?: {
    readonly pass?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly fail?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly error?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly miss?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly done?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly skip?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly none?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly total?: BatchResolver<T['StatusCounts'], NoArgs, unknown>;
    readonly status?: BatchResolver<T['StatusCounts'], NoArgs, Status | null>;
    readonly verdict?: BatchResolver<T['StatusCounts'], NoArgs, Verdict>;
  };
  readonly Conflict?: {
    readonly field?: BatchResolver<T['Conflict'], NoArgs, unknown>;
    readonly values?: BatchResolver<T['Conflict'], NoArgs, readonly (T['ConflictValue'])[]>;
  };
  readonly ConflictValue?: {
    readonly value?: BatchResolver<T['ConflictValue'], NoArgs, unknown | null>;
    readonly source?: BatchResolver<T['ConflictValue'], NoArgs, unknown | null>;
    readonly origin?: BatchResolver<T['ConflictValue'], NoArgs, unknown | null>;
    readonly at?: BatchResolver<T['ConflictValue'], NoArgs, unknown | null>;
  };
  readonly Resource?: {
    readonly name?: BatchResolver<T['Resource'], NoArgs, unknown>;
    readonly url?: BatchResolver<T['Resource'], NoArgs, unknown>;
  };
  readonly Environment?: {
    readonly comment?: BatchResolver<T['Environment'], NoArgs, unknown | null>;
    readonly compatible?: BatchResolver<T['Environment'], NoArgs, readonly (unknown)[] | null>;
    readonly misc?: BatchResolver<T['Environment'], NoArgs, unknown | null>;
  };
  readonly TestNumber?: {
    readonly value?: BatchResolver<T['TestNumber'], NoArgs, unknown>;
    readonly unit?: BatchResolver<T['TestNumber'], NoArgs, unknown | null>;
    readonly prefix?: BatchResolver<T['TestNumber'], NoArgs, NumberPrefix | null>;
  };
  readonly Culprit?: {
    readonly code?: BatchResolver<T['Culprit'], NoArgs, unknown | null>;
    readonly tool?: BatchResolver<T['Culprit'], NoArgs, unknown | null>;
    readonly harness?: BatchResolver<T['Culprit'], NoArgs, unknown | null>;
  };
  readonly Query: {
    readonly revision: BatchResolver<unknown, QueryRevisionArgs, T['Revision'] | null>;
    readonly checkout: BatchResolver<unknown, QueryCheckoutArgs, T['Checkout'] | null>;
    readonly build: BatchResolver<unknown, QueryBuildArgs, T['Build'] | null>;
    readonly test: BatchResolver<unknown, QueryTestArgs, T['Test'] | null>;
    readonly incident: BatchResolver<unknown, QueryIncidentArgs, T['Incident'] | null>;
    readonly issue: BatchResolver<unknown, QueryIssueArgs, T['Issue'] | null>;
    readonly revisions: BatchResolver<unknown, QueryRevisionsArgs, T['RevisionConnection']>;
    readonly checkouts: BatchResolver<unknown, QueryCheckoutsArgs, T['CheckoutConnection']>;
    readonly builds: BatchResolver<unknown, QueryBuildsArgs, T['BuildConnection']>;
    readonly tests: BatchResolver<unknown, QueryTestsArgs, T['TestConnection']>;
    readonly issues: BatchResolver<unknown, QueryIssuesArgs, T['IssueConnection']>;
    readonly incidents: BatchResolver<unknown, QueryIncidentsArgs, T['IncidentConnection']>;
    readonly node: BatchResolver<unknown, QueryNodeArgs, T['Revision'] | T['Checkout'] | T['Build'] | T['Test'] | T['Issue'] | T['Incident'] | null>;
    readonly nodes: BatchResolver<unknown, QueryNodesArgs, readonly (T['Revision'] | T['Checkout'] | T['Build'] | T['Test'] | T['Issue'] | T['Incident'] | null)[]>;
    readonly sources: BatchResolver<unknown, NoArgs, readonly (T['Source'])[]>;
    readonly source: BatchResolver<unknown, QuerySourceArgs, T['Source'] | null>;
  };
  readonly Mutation: {
    readonly submit: BatchResolver<unknown, MutationSubmitArgs, T['Submission']>;
  };
  readonly Submission?: {
    readonly id?: BatchResolver<T['Submission'], NoArgs, unknown>;
    readonly status?: BatchResolver<T['Submission'], NoArgs, unknown>;
    readonly message?: BatchResolver<T['Submission'], NoArgs, unknown | null>;
    readonly counts?: BatchResolver<T['Submission'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Submission'], NoArgs, unknown>;
  };
  readonly Source?: {
    readonly name?: BatchResolver<T['Source'], NoArgs, unknown>;
    readonly adapter?: BatchResolver<T['Source'], NoArgs, unknown>;
    readonly state?: BatchResolver<T['Source'], NoArgs, SourceState>;
    readonly since?: BatchResolver<T['Source'], NoArgs, unknown>;
    readonly latency?: BatchResolver<T['Source'], NoArgs, unknown | null>;
    readonly detail?: BatchResolver<T['Source'], NoArgs, unknown | null>;
    readonly capabilities?: BatchResolver<T['Source'], NoArgs, unknown>;
  };
  readonly Revision: {
    readonly gitCommitHash?: BatchResolver<T['Revision'], NoArgs, unknown>;
    readonly patchsetHash?: BatchResolver<T['Revision'], NoArgs, unknown>;
    readonly gitCommitName?: BatchResolver<T['Revision'], NoArgs, unknown | null>;
    readonly firstSeen?: BatchResolver<T['Revision'], NoArgs, unknown | null>;
    readonly lastSeen?: BatchResolver<T['Revision'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Revision'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Revision'], NoArgs, readonly (unknown)[]>;
    readonly checkouts: BatchResolver<T['Revision'], RevisionCheckoutsArgs, T['CheckoutConnection']>;
    readonly builds: BatchResolver<T['Revision'], RevisionBuildsArgs, T['BuildConnection']>;
    readonly tests: BatchResolver<T['Revision'], RevisionTestsArgs, T['TestConnection']>;
    readonly incidents: BatchResolver<T['Revision'], RevisionIncidentsArgs, T['IncidentConnection']>;
    readonly issues: BatchResolver<T['Revision'], RevisionIssuesArgs, T['IssueConnection']>;
    readonly statusCounts?: BatchResolver<T['Revision'], NoArgs, T['StatusCounts'] | null>;
  };
  readonly Checkout: {
    readonly id?: BatchResolver<T['Checkout'], NoArgs, unknown>;
    readonly origin?: BatchResolver<T['Checkout'], NoArgs, unknown>;
    readonly treeName?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitRepositoryUrl?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitCommitHash?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitCommitName?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitCommitTags?: BatchResolver<T['Checkout'], NoArgs, readonly (unknown)[] | null>;
    readonly gitCommitMessage?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitRepositoryBranch?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly gitRepositoryBranchTip?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly patchsetFiles?: BatchResolver<T['Checkout'], NoArgs, readonly (T['Resource'])[] | null>;
    readonly patchsetHash?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly messageId?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly comment?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly startTime?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly originBuildsFinishTime?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly originTestsFinishTime?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly logUrl?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly logExcerpt?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly valid?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly misc?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Checkout'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Checkout'], NoArgs, readonly (unknown)[]>;
    readonly timestamp?: BatchResolver<T['Checkout'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Checkout'], NoArgs, readonly (T['Conflict'])[]>;
    readonly revision: BatchResolver<T['Checkout'], NoArgs, T['Revision'] | null>;
    readonly builds: BatchResolver<T['Checkout'], CheckoutBuildsArgs, T['BuildConnection']>;
    readonly tests: BatchResolver<T['Checkout'], CheckoutTestsArgs, T['TestConnection']>;
  };
  readonly Build: {
    readonly id?: BatchResolver<T['Build'], NoArgs, unknown>;
    readonly origin?: BatchResolver<T['Build'], NoArgs, unknown>;
    readonly checkoutId?: BatchResolver<T['Build'], NoArgs, unknown>;
    readonly checkout: BatchResolver<T['Build'], NoArgs, T['Checkout'] | null>;
    readonly comment?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly startTime?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly duration?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly architecture?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly command?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly compiler?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly inputFiles?: BatchResolver<T['Build'], NoArgs, readonly (T['Resource'])[] | null>;
    readonly outputFiles?: BatchResolver<T['Build'], NoArgs, readonly (T['Resource'])[] | null>;
    readonly configName?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly configUrl?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly logUrl?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly logExcerpt?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly status?: BatchResolver<T['Build'], NoArgs, Status | null>;
    readonly verdict?: BatchResolver<T['Build'], NoArgs, Verdict>;
    readonly misc?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Build'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Build'], NoArgs, readonly (unknown)[]>;
    readonly timestamp?: BatchResolver<T['Build'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Build'], NoArgs, readonly (T['Conflict'])[]>;
    readonly tests: BatchResolver<T['Build'], BuildTestsArgs, T['TestConnection']>;
    readonly incidents: BatchResolver<T['Build'], BuildIncidentsArgs, T['IncidentConnection']>;
  };
  readonly Test: {
    readonly id?: BatchResolver<T['Test'], NoArgs, unknown>;
    readonly origin?: BatchResolver<T['Test'], NoArgs, unknown>;
    readonly buildId?: BatchResolver<T['Test'], NoArgs, unknown>;
    readonly build: BatchResolver<T['Test'], NoArgs, T['Build'] | null>;
    readonly environment?: BatchResolver<T['Test'], NoArgs, T['Environment'] | null>;
    readonly path?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly comment?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly logUrl?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly logExcerpt?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly status?: BatchResolver<T['Test'], NoArgs, Status | null>;
    readonly verdict?: BatchResolver<T['Test'], NoArgs, Verdict>;
    readonly number?: BatchResolver<T['Test'], NoArgs, T['TestNumber'] | null>;
    readonly startTime?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly duration?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly inputFiles?: BatchResolver<T['Test'], NoArgs, readonly (T['Resource'])[] | null>;
    readonly outputFiles?: BatchResolver<T['Test'], NoArgs, readonly (T['Resource'])[] | null>;
    readonly misc?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Test'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Test'], NoArgs, readonly (unknown)[]>;
    readonly timestamp?: BatchResolver<T['Test'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Test'], NoArgs, readonly (T['Conflict'])[]>;
    readonly incidents: BatchResolver<T['Test'], TestIncidentsArgs, T['IncidentConnection']>;
  };
  readonly Issue: {
    readonly id?: BatchResolver<T['Issue'], NoArgs, unknown>;
    readonly origin?: BatchResolver<T['Issue'], NoArgs, unknown>;
    readonly version?: BatchResolver<T['Issue'], NoArgs, unknown>;
    readonly categories?: BatchResolver<T['Issue'], NoArgs, readonly (unknown)[] | null>;
    readonly reportUrl?: BatchResolver<T['Issue'], NoArgs, unknown | null>;
    readonly reportSubject?: BatchResolver<T['Issue'], NoArgs, unknown | null>;
    readonly culprit?: BatchResolver<T['Issue'], NoArgs, T['Culprit'] | null>;
    readonly comment?: BatchResolver<T['Issue'], NoArgs, unknown | null>;
    readonly misc?: BatchResolver<T['Issue'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Issue'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Issue'], NoArgs, readonly (unknown)[]>;
    readonly timestamp?: BatchResolver<T['Issue'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Issue'], NoArgs, readonly (T['Conflict'])[]>;
    readonly versions: BatchResolver<T['Issue'], NoArgs, readonly (T['Issue'])[]>;
    readonly incidents: BatchResolver<T['Issue'], IssueIncidentsArgs, T['IncidentConnection']>;
  };
  readonly Incident: {
    readonly id?: BatchResolver<T['Incident'], NoArgs, unknown>;
    readonly origin?: BatchResolver<T['Incident'], NoArgs, unknown>;
    readonly issueId?: BatchResolver<T['Incident'], NoArgs, unknown>;
    readonly issueVersion?: BatchResolver<T['Incident'], NoArgs, unknown>;
    readonly issue: BatchResolver<T['Incident'], NoArgs, T['Issue'] | null>;
    readonly buildId?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly build: BatchResolver<T['Incident'], NoArgs, T['Build'] | null>;
    readonly testId?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly test: BatchResolver<T['Incident'], NoArgs, T['Test'] | null>;
    readonly present?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly comment?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly misc?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly nodeId?: BatchResolver<T['Incident'], NoArgs, unknown>;
    readonly sources?: BatchResolver<T['Incident'], NoArgs, readonly (unknown)[]>;
    readonly timestamp?: BatchResolver<T['Incident'], NoArgs, unknown | null>;
    readonly conflicts?: BatchResolver<T['Incident'], NoArgs, readonly (T['Conflict'])[]>;
  };
  readonly RevisionConnection?: {
    readonly edges?: BatchResolver<T['RevisionConnection'], NoArgs, readonly (T['RevisionEdge'])[]>;
    readonly nodes?: BatchResolver<T['RevisionConnection'], NoArgs, readonly (T['Revision'])[]>;
    readonly pageInfo?: BatchResolver<T['RevisionConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['RevisionConnection'], NoArgs, unknown | null>;
  };
  readonly RevisionEdge?: {
    readonly node?: BatchResolver<T['RevisionEdge'], NoArgs, T['Revision']>;
    readonly cursor?: BatchResolver<T['RevisionEdge'], NoArgs, unknown>;
  };
  readonly CheckoutConnection?: {
    readonly edges?: BatchResolver<T['CheckoutConnection'], NoArgs, readonly (T['CheckoutEdge'])[]>;
    readonly nodes?: BatchResolver<T['CheckoutConnection'], NoArgs, readonly (T['Checkout'])[]>;
    readonly pageInfo?: BatchResolver<T['CheckoutConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['CheckoutConnection'], NoArgs, unknown | null>;
  };
  readonly CheckoutEdge?: {
    readonly node?: BatchResolver<T['CheckoutEdge'], NoArgs, T['Checkout']>;
    readonly cursor?: BatchResolver<T['CheckoutEdge'], NoArgs, unknown>;
  };
  readonly BuildConnection?: {
    readonly edges?: BatchResolver<T['BuildConnection'], NoArgs, readonly (T['BuildEdge'])[]>;
    readonly nodes?: BatchResolver<T['BuildConnection'], NoArgs, readonly (T['Build'])[]>;
    readonly pageInfo?: BatchResolver<T['BuildConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['BuildConnection'], NoArgs, unknown | null>;
    readonly statusCounts?: BatchResolver<T['BuildConnection'], NoArgs, T['StatusCounts'] | null>;
  };
  readonly BuildEdge?: {
    readonly node?: BatchResolver<T['BuildEdge'], NoArgs, T['Build']>;
    readonly cursor?: BatchResolver<T['BuildEdge'], NoArgs, unknown>;
  };
  readonly TestConnection?: {
    readonly edges?: BatchResolver<T['TestConnection'], NoArgs, readonly (T['TestEdge'])[]>;
    readonly nodes?: BatchResolver<T['TestConnection'], NoArgs, readonly (T['Test'])[]>;
    readonly pageInfo?: BatchResolver<T['TestConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['TestConnection'], NoArgs, unknown | null>;
    readonly statusCounts?: BatchResolver<T['TestConnection'], NoArgs, T['StatusCounts'] | null>;
  };
  readonly TestEdge?: {
    readonly node?: BatchResolver<T['TestEdge'], NoArgs, T['Test']>;
    readonly cursor?: BatchResolver<T['TestEdge'], NoArgs, unknown>;
  };
  readonly IssueConnection?: {
    readonly edges?: BatchResolver<T['IssueConnection'], NoArgs, readonly (T['IssueEdge'])[]>;
    readonly nodes?: BatchResolver<T['IssueConnection'], NoArgs, readonly (T['Issue'])[]>;
    readonly pageInfo?: BatchResolver<T['IssueConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['IssueConnection'], NoArgs, unknown | null>;
  };
  readonly IssueEdge?: {
    readonly node?: BatchResolver<T['IssueEdge'], NoArgs, T['Issue']>;
    readonly cursor?: BatchResolver<T['IssueEdge'], NoArgs, unknown>;
  };
  readonly IncidentConnection?: {
    readonly edges?: BatchResolver<T['IncidentConnection'], NoArgs, readonly (T['IncidentEdge'])[]>;
    readonly nodes?: BatchResolver<T['IncidentConnection'], NoArgs, readonly (T['Incident'])[]>;
    readonly pageInfo?: BatchResolver<T['IncidentConnection'], NoArgs, T['PageInfo']>;
    readonly totalCount?: BatchResolver<T['IncidentConnection'], NoArgs, unknown | null>;
  };
  readonly IncidentEdge?: {
    readonly node?: BatchResolver<T['IncidentEdge'], NoArgs, T['Incident']>;
    readonly cursor?: BatchResolver<T['IncidentEdge'], NoArgs, unknown>;
  };
}
