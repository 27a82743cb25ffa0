/** One tab of GraphiQL. */
export interface ExampleQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const COMMIT = {
  query: `# A commit across everything: what all CI systems know of it. Without a filter, the newest one.
# Of one commit: { "filter": { "gitCommitHash": { "prefix": "5e1f0a7c2b9d" } } }
query Commit($filter: RevisionFilter) {
  revisions(first: 1, filter: $filter) {
    nodes {
      gitCommitHash
      gitCommitName
      sources
      statusCounts { status pass fail error miss done skip none total }
      checkouts { nodes { id treeName gitRepositoryBranch startTime } }
      builds(first: 50) {
        totalCount
        statusCounts { pass fail none }
        nodes { id status architecture configName compiler logUrl }
      }
      tests(first: 50, filter: { status: [FAIL, ERROR] }) {
        totalCount
        nodes { id path status environment { comment } logUrl build { architecture configName } }
        pageInfo { hasNextPage endCursor }
      }
      issues { nodes { id version reportSubject reportUrl } }
    }
  }
}
`,
  variables: { filter: null },
};

const FAILURES = {
  query: `# Failures of a tree this week, the newest first.
query FailuresOfTree($tree: String!, $since: DateTime!) {
  tests(
    first: 100
    filter: { treeName: [$tree], status: [FAIL], startTime: { from: $since } }
  ) {
    totalCount
    nodes {
      id
      path
      startTime
      environment { comment misc }
      build { configName architecture checkout { gitCommitHash gitCommitName } }
      incidents(first: 5) { nodes { present issue { reportSubject reportUrl } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { tree: 'mainline', since: '' },
};

const HISTORY = {
  query: `# One test's history on one board.
query HistoryOfTest($path: String!, $platform: String!, $after: String) {
  tests(
    first: 50
    after: $after
    filter: { path: { under: $path }, platform: [$platform] }
  ) {
    nodes {
      path
      status
      startTime
      duration
      number { value unit }
      logUrl
      build { configName checkout { treeName gitCommitName gitCommitHash } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { path: 'boot', platform: 'bcm2711-rpi-4-b', after: null },
};

const ISSUES = {
  query: `# Issues with the builds and tests in which they were seen.
query Issues($first: Int = 20) {
  issues(first: $first) {
    nodes {
      id
      version
      origin
      reportSubject
      reportUrl
      culprit { code tool harness }
      incidents(first: 10, filter: { present: [true] }) {
        totalCount
        nodes {
          build { id architecture configName }
          test { id path status environment { comment } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { first: 20 },
};

/** What GraphiQL opens with. Times are filled in when the page is made. */
export function exampleQueries(now: Date): readonly ExampleQuery[] {
  const since = new Date(now.getTime() - 7 * 86_400_000);
  since.setUTCHours(0, 0, 0, 0);
  return [COMMIT, { ...FAILURES, variables: { ...FAILURES.variables, since: since.toISOString() } }, HISTORY, ISSUES];
}
