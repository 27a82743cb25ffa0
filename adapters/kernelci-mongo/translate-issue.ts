import type { Document } from 'bson';
import type { Incident, Issue, Json, JsonObject } from '../kit/author.ts';
import { documentOf, idOf, listOf, textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import { commitOf, type Ids, ISSUE_VERSION } from './ids.ts';
import { runTitle } from './translate-test.ts';

/** One run of the test of a `test_regression` document. */
export interface RegressionRun {
  /** The `_id` of the test. */
  readonly testCase: string;
  readonly build: string | null;
  readonly kernel: string | null;
  readonly commit: string | null;
  readonly planVariant: string | null;
}

/**
 * A document of `test_regression`. The system writes a new one for each kernel on which the test still fails, with all
 * runs since it last passed. The documents of one regression share the first failure.
 */
export interface Regression {
  readonly hex: string;
  readonly time: string | null;
  readonly lastPass: RegressionRun | null;
  /** The first failure comes first; never empty. */
  readonly failures: readonly RegressionRun[];
  readonly document: Document;
}

export const REGRESSION_FIELDS: readonly string[] = [
  ...['_id', 'created_on', 'regressions', 'test_case_path', 'plan', 'job', 'git_branch', 'kernel', 'git_url', 'arch'],
  ...['build_environment', 'compiler', 'compiler_version', 'defconfig_full', 'device_type', 'lab_name', 'mach'],
];

/** Null if the document has no failure. */
export function regressionOf(document: Document): Regression | null {
  const hex = idOf(document._id);
  const entries = listOf(document.regressions)
    .map(documentOf)
    .filter((entry) => entry !== null);
  const [first] = entries;
  const runs = entries.filter(({ status }) => status !== 'PASS').flatMap((entry) => runOf(entry) ?? []);
  if (hex === null || runs.length === 0) return null;
  const lastPass = first?.status === 'PASS' ? runOf(first) : null;
  return { hex, time: timeOf(document.created_on), lastPass, failures: runs, document };
}

/** The key that the documents of one regression share. */
export function chainKey({ failures, document }: Regression): string {
  return `${failures[0]?.testCase} ${textOf(document.test_case_path)}`;
}

function runOf(entry: Readonly<Record<string, unknown>>): RegressionRun | null {
  const testCase = idOf(entry.test_case_id);
  if (testCase === null) return null;
  return {
    testCase,
    build: idOf(entry.build_id),
    kernel: textOf(entry.kernel),
    commit: commitOf(entry.git_commit),
    planVariant: textOf(entry.plan_variant),
  };
}

const REGRESSION_MISC = [
  'test_case_path',
  'plan',
  'job',
  'git_branch',
  'arch',
  'defconfig_full',
  'build_environment',
  'device_type',
  'lab_name',
  'mach',
] as const;

/** The fields to read of a document of `bisect`. */
export const BISECT_FIELDS: readonly string[] = [
  ...['_id', 'regression_id', 'type', 'created_on', 'found_summary', 'checks', 'log', 'good_commit', 'bad_commit'],
];

/** Translates the first document of a regression, with the bisection that searched for its cause if there is one. */
export function translateIssue(regression: Regression, bisection: Document | null, ids: Ids): Issue {
  const { document, lastPass, failures } = regression;
  const found = textOf(bisection?.found_summary);
  const test = runTitle(textOf(document.test_case_path), textOf(document.device_type), textOf(document.lab_name));
  return {
    id: ids.issue(regression.hex),
    version: ISSUE_VERSION,
    origin: ids.origin,
    timestamp: latestOf(regression.time, timeOf(bisection?.created_on)),
    misc: miscOf(regression, bisection, ids),
    categories: null,
    reportUrl: null,
    reportSubject:
      test === null ? null : `${test}: passed with ${kernelOf(lastPass)}, fails since ${kernelOf(failures[0])}`,
    culprit: found === null ? null : { code: true, tool: null, harness: null },
    comment: found,
  };
}

/** Times in the model's format compare as text. */
function latestOf(one: string | null, other: string | null): string | null {
  return one !== null && (other === null || one > other) ? one : other;
}

function kernelOf(run: RegressionRun | null | undefined): string {
  return run?.kernel ?? 'an unknown kernel';
}

function miscOf({ document, lastPass, failures }: Regression, bisection: Document | null, ids: Ids): JsonObject {
  const about = Object.fromEntries(REGRESSION_MISC.map((name) => [name, toJson(document[name])]));
  const runOf = (run: RegressionRun | null | undefined): Json =>
    run
      ? {
          kernel: run.kernel,
          git_commit: run.commit,
          test_id: ids.test({ collection: 'test_case', hex: run.testCase }),
          build_id: run.build === null ? null : ids.build(run.build),
        }
      : null;
  const misc: Record<string, Json> = {
    kernelci_regression: { ...about, last_pass: runOf(lastPass), first_fail: runOf(failures[0]) },
  };
  if (bisection !== null) {
    const { found_summary, good_commit, bad_commit, checks, log } = bisection;
    misc.kernelci_bisection = Object.fromEntries(
      Object.entries({ found_summary, good_commit, bad_commit, checks, log }).map(([name, value]) => [
        name,
        toJson(value),
      ]),
    );
  }
  return misc;
}

/** Translates one failure of a regression. `issue` is the `_id` of the regression's first document. */
export function translateIncident(regression: Regression, run: RegressionRun, issue: string, ids: Ids): Incident {
  return {
    id: ids.incident({ document: regression.hex, testCase: run.testCase }),
    origin: ids.origin,
    timestamp: regression.time,
    misc: null,
    issueId: ids.issue(issue),
    issueVersion: ISSUE_VERSION,
    buildId: run.build === null ? null : ids.build(run.build),
    testId: ids.test({ collection: 'test_case', hex: run.testCase }),
    present: true,
    comment: null,
  };
}
