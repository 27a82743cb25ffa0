import type { Document } from 'bson';
import { documentOf, idOf, listOf, textOf, timeOf } from '../kit/mongo/documents.ts';
import { commitOf } from './ids.ts';

/** One run of the test that a document of `test_regression` tells of. */
export interface RegressionRun {
  /** The `_id` of the test. */
  readonly testCase: string;
  readonly build: string | null;
  readonly kernel: string | null;
  readonly commit: string | null;
  readonly planVariant: string | null;
}

/**
 * A document of `test_regression`. The system writes a new one at each kernel on which the test still fails, with all
 * runs since it last passed: those of one regression have their first failure in common.
 */
export interface Regression {
  readonly hex: string;
  readonly time: string | null;
  readonly lastPass: RegressionRun | null;
  /** The first failure in front; never empty. */
  readonly failures: readonly RegressionRun[];
  readonly document: Document;
}

export const REGRESSION_FIELDS: readonly string[] = [
  ...['_id', 'created_on', 'regressions', 'test_case_path', 'plan', 'job', 'git_branch', 'kernel', 'git_url', 'arch'],
  ...['build_environment', 'compiler', 'compiler_version', 'defconfig_full', 'device_type', 'lab_name', 'mach'],
];

/** Null where the document tells of no failure. */
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

/** What documents of one regression have in common. */
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
