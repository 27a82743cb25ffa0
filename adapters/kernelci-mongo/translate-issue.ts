import type { Document } from 'bson';
import type { Issue, Json, JsonObject } from '../kit/author.ts';
import { textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import { type Ids, ISSUE_VERSION } from './ids.ts';
import type { Regression, RegressionRun } from './regression.ts';
import { placed } from './test-run.ts';

const ABOUT = [
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

/** Of a document of `bisect`. */
export const BISECT_FIELDS: readonly string[] = [
  ...['_id', 'regression_id', 'type', 'created_on', 'found_summary', 'checks', 'log', 'good_commit', 'bad_commit'],
];

/** The first document of a regression as an issue, with the bisection that looked for its cause, where one is kept. */
export function translateIssue(regression: Regression, bisection: Document | null, ids: Ids): Issue {
  const { document, lastPass, failures } = regression;
  const found = textOf(bisection?.found_summary);
  const test = placed(textOf(document.test_case_path), textOf(document.device_type), textOf(document.lab_name));
  return {
    id: ids.issue(regression.hex),
    version: ISSUE_VERSION,
    origin: ids.origin,
    timestamp: lastOf(regression.time, timeOf(bisection?.created_on)),
    misc: miscOf(regression, bisection, ids),
    categories: null,
    reportUrl: null,
    reportSubject: test === null ? null : `${test}: passed with ${said(lastPass)}, fails since ${said(failures[0])}`,
    culprit: found === null ? null : { code: true, tool: null, harness: null },
    comment: found,
  };
}

/** Times in the form of the model compare as text. */
function lastOf(one: string | null, other: string | null): string | null {
  return one !== null && (other === null || one > other) ? one : other;
}

function said(run: RegressionRun | null | undefined): string {
  return run?.kernel ?? 'an unknown kernel';
}

function miscOf({ document, lastPass, failures }: Regression, bisection: Document | null, ids: Ids): JsonObject {
  const about = Object.fromEntries(ABOUT.map((name) => [name, toJson(document[name])]));
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
