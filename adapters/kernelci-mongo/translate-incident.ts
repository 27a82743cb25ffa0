import type { Incident } from '../kit/author.ts';
import { type Ids, ISSUE_VERSION } from './ids.ts';
import type { Regression, RegressionRun } from './regression.ts';

/** One failure of a regression. `issue` is the `_id` of the regression's first document. */
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
