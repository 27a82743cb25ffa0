import { DAY, later, PATCHSET, type Timeline } from './timeline.ts';

/** A question that somebody has, and the query that answers it. */
export interface Question {
  /** The operation's name, which GraphiQL shows on the tab. */
  readonly name: string;
  /** In the words of whoever asks. */
  readonly asks: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What one would ask of these six weeks, in the order in which one thing leads to the next. */
export function questionsOf(timeline: Timeline): readonly Question[] {
  const { culprit, fix, patched, outage } = timeline;
  const bad = { commit: culprit.hash.slice(0, 12) };
  return [
    {
      name: 'IsItGood',
      asks: 'Is this commit good, who says so, and who has not answered?',
      variables: { commit: fix.hash.slice(0, 12) },
      query: `# Is this commit good, who says so, and who has not answered?
# revision.sources: who knows it; sources: all who could.
# "waiting" still runs; a source that fails is under "errors".
# For a bad one, ask for ${bad.commit}.
query IsItGood($commit: String!) {
  revision(gitCommitHash: $commit) {
    gitCommitName
    sources
    statusCounts { verdict pass fail error miss done skip none }
    waiting: tests(filter: { status: [null] }) {
      nodes { origin path comment startTime }
    }
    failures: tests(filter: { status: [FAIL] }) {
      nodes { origin path comment }
    }
    issues { nodes { reportSubject reportUrl misc } }
    checkouts { nodes { origin treeName startTime sources } }
  }
  sources { name state detail }
}
`,
    },
    {
      name: 'WhoSawItFirst',
      asks: 'Who saw the regression first, and who has confirmed it since?',
      variables: bad,
      query: `# Who saw the regression first, and who has confirmed it since?
# The first stands last; what has no time stands behind it.
query WhoSawItFirst($commit: String!) {
  revision(gitCommitHash: $commit) {
    gitCommitName
    tests(first: 50, filter: { status: [FAIL] }) {
      totalCount
      nodes {
        startTime
        origin
        path
        comment
        build { architecture configName }
        sources
      }
    }
  }
}
`,
    },
    {
      name: 'OneBoardOrAll',
      asks: 'Does it fail on one board, or on all?',
      variables: { ...bad, path: 'kernelci_sleep' },
      query: `# Does it fail on one board, or on all?
# The same test on every board that ran it.
query OneBoardOrAll($commit: String!, $path: String!) {
  revision(gitCommitHash: $commit) {
    tests(first: 50, filter: { path: { under: $path } }) {
      statusCounts { pass fail error none }
      nodes { path status environment { comment misc } logUrl }
    }
  }
}
`,
    },
    {
      name: 'SinceWhen',
      asks: 'Since when, and is it over?',
      variables: { tree: 'mainline', path: 'kernelci_sleep.rtcwake-mem', platform: 'anvil-2' },
      query: `# Since when, and is it over?
# One test on one board, commit by commit. A commit that is
# tested again moves up in the list, so order them by firstSeen:
# the first of those that fail is to blame.
query SinceWhen($tree: String!, $path: String!, $platform: String!) {
  revisions(
    first: 14
    filter: { treeName: [$tree], patchsetHash: [""] }
  ) {
    nodes {
      gitCommitName
      gitCommitHash
      firstSeen
      tests(filter: { path: { in: [$path] }, platform: [$platform] }) {
        nodes { status startTime sources }
      }
    }
  }
}
`,
    },
    {
      name: 'IsItKnown',
      asks: 'Is it known, and where else was it seen?',
      variables: bad,
      query: `# Is it known, and where else was it seen?
# Issues that blame the commit, and what was seen in its tests.
query IsItKnown($commit: String!) {
  revision(gitCommitHash: $commit) {
    issues { nodes { ...Known } }
    incidents(first: 20) {
      nodes {
        origin
        present
        issue { ...Known }
        test { origin path status }
      }
    }
  }
}

fragment Known on Issue {
  id
  version
  origin
  reportSubject
  comment
  reportUrl
  culprit { code tool harness }
  sources
}
`,
    },
    {
      name: 'FlakyOrBroken',
      asks: 'Is this test flaky, or is the kernel broken?',
      variables: { tree: 'stable', path: 'kselftest.timers.posix_timers' },
      query: `# Is this test flaky, or is the kernel broken?
# It comes and goes on one board, whatever the commit, in a tree
# that does not have the regression.
query FlakyOrBroken($tree: String!, $path: String!) {
  revisions(first: 20, filter: { treeName: [$tree] }) {
    nodes {
      gitCommitName
      tests(filter: { path: { in: [$path] } }) {
        nodes { status environment { misc } startTime }
      }
    }
  }
}
`,
    },
    {
      name: 'SlowerAndSlower',
      asks: 'Has it become slower?',
      variables: { path: 'hackbench.pipe', platform: 'foundry-4' },
      query: `# Has it become slower?
# No day shows it, six weeks do: each commit adds little.
query SlowerAndSlower($path: String!, $platform: String!) {
  tests(
    first: 60
    orderBy: OLDEST
    filter: { path: { in: [$path] }, platform: [$platform] }
    sources: ["native"]
  ) {
    totalCount
    nodes {
      startTime
      number { value unit }
      build { checkout { gitCommitName patchsetHash } }
    }
  }
}
`,
    },
    {
      name: 'LabOrKernel',
      asks: 'Was that the lab, or the kernel?',
      variables: { from: later(outage.from, -DAY).toISOString(), to: later(outage.to, DAY).toISOString() },
      query: `# Was that the lab, or the kernel?
# What broke before it could tell says nothing of a kernel:
# ERROR and MISS, not FAIL. Elsewhere the same commits passed.
query LabOrKernel($from: DateTime!, $to: DateTime!) {
  revisions(
    first: 10
    filter: {
      treeName: ["mainline"]
      startTime: { from: $from, to: $to }
    }
  ) {
    nodes {
      gitCommitName
      statusCounts { verdict pass fail error miss }
      tests(filter: { status: [ERROR, MISS] }) {
        nodes { path comment misc }
      }
    }
  }
}
`,
    },
    {
      name: 'WhatOfMyPatches',
      asks: 'What became of my patches?',
      variables: { commit: patched.hash.slice(0, 12), patches: PATCHSET },
      query: `# What became of my patches?
# A commit with patches on top is a revision of its own.
query WhatOfMyPatches($commit: String!, $patches: String!) {
  withThem: revision(
    gitCommitHash: $commit
    patchsetHash: $patches
  ) { ...Results }
  without: revision(gitCommitHash: $commit) { ...Results }
}

fragment Results on Revision {
  sources
  checkouts {
    nodes { origin comment messageId patchsetFiles { name url } }
  }
  statusCounts { verdict pass fail done total }
  tests(first: 50, filter: { path: { under: "hackbench" } }) {
    nodes { number { value unit } }
  }
}
`,
    },
    {
      name: 'WhoDisagrees',
      asks: 'Do they all say the same?',
      variables: { ...bad, path: 'kernelci_sleep.rtcwake-mem' },
      query: `# Do they all say the same?
# Where two sources hold one object and differ, the first by
# priority is shown, and "conflicts" has what each of them says.
query WhoDisagrees($commit: String!, $path: String!) {
  revision(gitCommitHash: $commit) {
    checkouts {
      nodes {
        id
        treeName
        sources
        conflicts { field values { value source origin } }
      }
    }
    tests(filter: { path: { in: [$path] } }) {
      nodes {
        id
        status
        sources
        environment { misc }
        conflicts { field values { value source origin } }
      }
    }
  }
}
`,
    },
  ];
}
