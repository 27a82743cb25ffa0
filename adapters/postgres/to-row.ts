import type { StoredObject } from '../adapter.ts';
import { normaliseUrl } from '../kit/normalise-url.ts';
import type { Build, Checkout, Incident, Issue, Json, Resource, Test } from '../model.ts';

/** What a report says of an object, by column (`stored-columns.ts`); a column that is absent was not said. */
export type Row = { readonly [column: string]: Json | undefined };

/** An object of the model as a row: key, columns, log excerpt. What is null is left out. */
export function toRow(stored: StoredObject): Row {
  switch (stored.entity) {
    case 'checkout':
      return checkoutRow(stored.object);
    case 'build':
      return buildRow(stored.object);
    case 'test':
      return testRow(stored.object);
    case 'issue':
      return issueRow(stored.object);
    case 'incident':
      return incidentRow(stored.object);
  }
}

/** What a row needs beside what was said: the form of its repository URL that is compared. */
export function withDerived(row: Row): Row {
  const url = row.git_repository_url;
  return typeof url === 'string' ? { ...row, repository_key: normaliseUrl(url) } : row;
}

function checkoutRow(checkout: Checkout): Row {
  return withDerived({
    id: checkout.id,
    origin: checkout.origin,
    tree_name: checkout.treeName ?? undefined,
    git_repository_url: checkout.gitRepositoryUrl ?? undefined,
    git_commit_hash: checkout.gitCommitHash ?? undefined,
    git_commit_name: checkout.gitCommitName ?? undefined,
    git_commit_tags: checkout.gitCommitTags ?? undefined,
    git_commit_message: checkout.gitCommitMessage ?? undefined,
    git_repository_branch: checkout.gitRepositoryBranch ?? undefined,
    git_repository_branch_tip: checkout.gitRepositoryBranchTip ?? undefined,
    patchset_files: files(checkout.patchsetFiles),
    patchset_hash: checkout.patchsetHash ?? undefined,
    message_id: checkout.messageId ?? undefined,
    comment: checkout.comment ?? undefined,
    start_time: checkout.startTime ?? undefined,
    origin_builds_finish_time: checkout.originBuildsFinishTime ?? undefined,
    origin_tests_finish_time: checkout.originTestsFinishTime ?? undefined,
    log_url: checkout.logUrl ?? undefined,
    log_excerpt: checkout.logExcerpt ?? undefined,
    valid: checkout.valid ?? undefined,
    misc: checkout.misc ?? undefined,
  });
}

function buildRow(build: Build): Row {
  return {
    id: build.id,
    origin: build.origin,
    checkout_id: build.checkoutId,
    comment: build.comment ?? undefined,
    start_time: build.startTime ?? undefined,
    duration: build.duration ?? undefined,
    architecture: build.architecture ?? undefined,
    command: build.command ?? undefined,
    compiler: build.compiler ?? undefined,
    input_files: files(build.inputFiles),
    output_files: files(build.outputFiles),
    config_name: build.configName ?? undefined,
    config_url: build.configUrl ?? undefined,
    log_url: build.logUrl ?? undefined,
    log_excerpt: build.logExcerpt ?? undefined,
    status: build.status ?? undefined,
    misc: build.misc ?? undefined,
  };
}

function testRow(test: Test): Row {
  return {
    id: test.id,
    origin: test.origin,
    build_id: test.buildId,
    environment_present: test.environment === null ? undefined : true,
    environment_comment: test.environment?.comment ?? undefined,
    environment_compatible: test.environment?.compatible ?? undefined,
    environment_misc: test.environment?.misc ?? undefined,
    path: test.path ?? undefined,
    comment: test.comment ?? undefined,
    log_url: test.logUrl ?? undefined,
    log_excerpt: test.logExcerpt ?? undefined,
    status: test.status ?? undefined,
    number_value: test.number?.value ?? undefined,
    number_unit: test.number?.unit ?? undefined,
    number_prefix: test.number?.prefix ?? undefined,
    start_time: test.startTime ?? undefined,
    duration: test.duration ?? undefined,
    input_files: files(test.inputFiles),
    output_files: files(test.outputFiles),
    misc: test.misc ?? undefined,
  };
}

function issueRow(issue: Issue): Row {
  return {
    id: issue.id,
    version: issue.version,
    origin: issue.origin,
    categories: issue.categories ?? undefined,
    report_url: issue.reportUrl ?? undefined,
    report_subject: issue.reportSubject ?? undefined,
    culprit_present: issue.culprit === null ? undefined : true,
    culprit_code: issue.culprit?.code ?? undefined,
    culprit_tool: issue.culprit?.tool ?? undefined,
    culprit_harness: issue.culprit?.harness ?? undefined,
    comment: issue.comment ?? undefined,
    misc: issue.misc ?? undefined,
  };
}

function incidentRow(incident: Incident): Row {
  return {
    id: incident.id,
    origin: incident.origin,
    issue_id: incident.issueId,
    issue_version: incident.issueVersion,
    build_id: incident.buildId ?? undefined,
    test_id: incident.testId ?? undefined,
    present: incident.present ?? undefined,
    comment: incident.comment ?? undefined,
    misc: incident.misc ?? undefined,
  };
}

function files(list: readonly Resource[] | null): Json | undefined {
  return list?.map(({ name, url }) => ({ name, url }));
}
