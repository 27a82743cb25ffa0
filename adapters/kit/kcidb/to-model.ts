import type { StoredObject } from '../../adapter.ts';
import type { Build, Checkout, Culprit, Environment, Incident, Issue, Test, TestNumber } from '../../model.ts';
import type { KcidbObject, ListName } from './kcidb-object.ts';
import { readField } from './read-field.ts';

const { text, requiredText, requiredNumber, time, number, boolean, texts, files, status, misc, nested } = readField;

/**
 * A valid object of version 5.3 in the common model: camel case, absent fields null, times in UTC with microseconds.
 * Everything else is as it was sent, empty strings, lists and objects included.
 *
 * @throws {TypeError} where a required field is missing, which validation rules out.
 */
export function toModel(list: ListName, object: KcidbObject): StoredObject {
  switch (list) {
    case 'checkouts':
      return { entity: 'checkout', object: toCheckout(object) };
    case 'builds':
      return { entity: 'build', object: toBuild(object) };
    case 'tests':
      return { entity: 'test', object: toTest(object) };
    case 'issues':
      return { entity: 'issue', object: toIssue(object) };
    case 'incidents':
      return { entity: 'incident', object: toIncident(object) };
  }
}

function common(object: KcidbObject) {
  return {
    id: requiredText(object, 'id'),
    origin: requiredText(object, 'origin'),
    timestamp: time(object, '_timestamp'),
    misc: misc(object, 'misc'),
  };
}

function toCheckout(object: KcidbObject): Checkout {
  return {
    ...common(object),
    treeName: text(object, 'tree_name'),
    gitRepositoryUrl: text(object, 'git_repository_url'),
    gitCommitHash: text(object, 'git_commit_hash'),
    gitCommitName: text(object, 'git_commit_name'),
    gitCommitTags: texts(object, 'git_commit_tags'),
    gitCommitMessage: text(object, 'git_commit_message'),
    gitRepositoryBranch: text(object, 'git_repository_branch'),
    gitRepositoryBranchTip: boolean(object, 'git_repository_branch_tip'),
    patchsetFiles: files(object, 'patchset_files'),
    patchsetHash: text(object, 'patchset_hash'),
    messageId: text(object, 'message_id'),
    comment: text(object, 'comment'),
    startTime: time(object, 'start_time'),
    originBuildsFinishTime: time(object, 'origin_builds_finish_time'),
    originTestsFinishTime: time(object, 'origin_tests_finish_time'),
    logUrl: text(object, 'log_url'),
    logExcerpt: text(object, 'log_excerpt'),
    valid: boolean(object, 'valid'),
  };
}

function toBuild(object: KcidbObject): Build {
  return {
    ...common(object),
    checkoutId: requiredText(object, 'checkout_id'),
    comment: text(object, 'comment'),
    startTime: time(object, 'start_time'),
    duration: number(object, 'duration'),
    architecture: text(object, 'architecture'),
    command: text(object, 'command'),
    compiler: text(object, 'compiler'),
    inputFiles: files(object, 'input_files'),
    outputFiles: files(object, 'output_files'),
    configName: text(object, 'config_name'),
    configUrl: text(object, 'config_url'),
    logUrl: text(object, 'log_url'),
    logExcerpt: text(object, 'log_excerpt'),
    status: status(object, 'status'),
  };
}

function toTest(object: KcidbObject): Test {
  return {
    ...common(object),
    buildId: requiredText(object, 'build_id'),
    environment: nested(object, 'environment', toEnvironment),
    path: text(object, 'path'),
    comment: text(object, 'comment'),
    logUrl: text(object, 'log_url'),
    logExcerpt: text(object, 'log_excerpt'),
    status: status(object, 'status'),
    number: nested(object, 'number', toNumber),
    startTime: time(object, 'start_time'),
    duration: number(object, 'duration'),
    inputFiles: files(object, 'input_files'),
    outputFiles: files(object, 'output_files'),
  };
}

function toEnvironment(object: KcidbObject): Environment {
  return { comment: text(object, 'comment'), compatible: texts(object, 'compatible'), misc: misc(object, 'misc') };
}

function toNumber(object: KcidbObject): TestNumber {
  const prefix = text(object, 'prefix');
  return {
    value: requiredNumber(object, 'value'),
    unit: text(object, 'unit'),
    prefix: prefix === 'metric' || prefix === 'binary' ? prefix : null,
  };
}

function toIssue(object: KcidbObject): Issue {
  return {
    ...common(object),
    version: requiredNumber(object, 'version'),
    categories: texts(object, 'categories'),
    reportUrl: text(object, 'report_url'),
    reportSubject: text(object, 'report_subject'),
    culprit: nested(object, 'culprit', toCulprit),
    comment: text(object, 'comment'),
  };
}

function toCulprit(object: KcidbObject): Culprit {
  return { code: boolean(object, 'code'), tool: boolean(object, 'tool'), harness: boolean(object, 'harness') };
}

function toIncident(object: KcidbObject): Incident {
  return {
    ...common(object),
    issueId: requiredText(object, 'issue_id'),
    issueVersion: requiredNumber(object, 'issue_version'),
    buildId: text(object, 'build_id'),
    testId: text(object, 'test_id'),
    present: boolean(object, 'present'),
    comment: text(object, 'comment'),
  };
}
