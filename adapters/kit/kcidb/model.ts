import type { StoredObject } from '../../contract/adapter.ts';
import { rounded } from '../../contract/exact-json.ts';
import {
  type Build,
  type Checkout,
  type Culprit,
  type Entities,
  type EntityName,
  type Environment,
  type Incident,
  type Issue,
  type JsonObject,
  type Resource,
  STATUSES,
  type Status,
  type Test,
  type TestNumber,
} from '../../contract/model.ts';
import { normaliseTime } from '../../contract/time-and-url.ts';
import { latestRules } from './validator.ts';
import { isObject, type KcidbObject, type ListName } from './walk-document.ts';

/**
 * An object of a document that was read with `parseExactJson`: integers keep their digits within `misc` and
 * `environment.misc`, which hold anything, and are doubles in all other fields, as they are stored.
 */
export function exactInMisc(sent: unknown): unknown {
  if (!isObject(sent)) return rounded(sent);
  return withFields(sent, (field, value) =>
    field === 'environment' && isObject(value) ? withFields(value, (_field, inner) => rounded(inner)) : rounded(value),
  );
}

function withFields(object: KcidbObject, change: (field: string, value: unknown) => unknown): KcidbObject {
  let changed = object;
  for (const [field, value] of Object.entries(object)) {
    if (typeof value !== 'object' || field === 'misc') continue;
    const to = change(field, value);
    if (to !== value) changed = { ...changed, [field]: to };
  }
  return changed;
}

/** Reads a field of a valid object of version 5.3: null where it is absent. */
export const readField = {
  text: (object: KcidbObject, field: string): string | null => {
    const value = object[field];
    return typeof value === 'string' ? value : null;
  },
  /** @throws {TypeError} where it is absent, which validation rules out. */
  requiredText: (object: KcidbObject, field: string): string => {
    const value = object[field];
    if (typeof value !== 'string')
      throw new TypeError(`"${field}" is missing: only a valid object has a place in the model.`);
    return value;
  },
  /** @throws {TypeError} where it is absent, which validation rules out. */
  requiredNumber: (object: KcidbObject, field: string): number => {
    const value = object[field];
    if (typeof value !== 'number')
      throw new TypeError(`"${field}" is missing: only a valid object has a place in the model.`);
    return value;
  },
  time: (object: KcidbObject, field: string): string | null => {
    const value = object[field];
    return typeof value === 'string' ? normaliseTime(value) : null;
  },
  number: (object: KcidbObject, field: string): number | null => {
    const value = object[field];
    return typeof value === 'number' ? value : null;
  },
  boolean: (object: KcidbObject, field: string): boolean | null => {
    const value = object[field];
    return typeof value === 'boolean' ? value : null;
  },
  texts: (object: KcidbObject, field: string): string[] | null => {
    const value: unknown = object[field];
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : null;
  },
  files: (object: KcidbObject, field: string): Resource[] | null => {
    const value: unknown = object[field];
    if (!Array.isArray(value)) return null;
    return value.filter(isObject).map((file) => ({
      name: readField.requiredText(file, 'name'),
      url: readField.requiredText(file, 'url'),
    }));
  },
  status: (object: KcidbObject, field: string): Status | null =>
    STATUSES.find((status) => status === object[field]) ?? null,
  misc: (object: KcidbObject, field: string): JsonObject | null => {
    const value = object[field];
    return isJsonObject(value) ? value : null;
  },
  nested: <T>(object: KcidbObject, field: string, read: (nested: KcidbObject) => T): T | null => {
    const value = object[field];
    return isObject(value) ? read(value) : null;
  },
};

/** What a JSON parser gave as an object holds nothing but JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}

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

/**
 * An object of the common model as version 5.3 writes it: snake case, what is null left out, the time of the last change
 * as `_timestamp`. Conflicts are none of KCIDB's and stay behind.
 */
export function fromModel<E extends EntityName>(entity: E, object: Entities[E]): KcidbObject {
  return written(entity, new Map(Object.entries(object)));
}

interface FieldName {
  readonly kcidb: string;
  readonly model: string;
  /** The object that the field holds, where it holds one with fields of its own. */
  readonly object: string | null;
}

function written(name: string, fields: ReadonlyMap<string, unknown>): KcidbObject {
  const result: KcidbObject = {};
  for (const { kcidb, model, object } of fieldNames(name)) {
    const value = fields.get(model);
    if (value === null || value === undefined) continue;
    const isNested = object !== null && isObject(value);
    result[kcidb] = isNested ? written(object, new Map(Object.entries(value))) : value;
  }
  return result;
}

const cache = new Map<string, readonly FieldName[]>();

function fieldNames(name: string): readonly FieldName[] {
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const { objects } = latestRules().version;
  const names = Object.entries(objects[name] ?? {}).map(([kcidb, rule]) => {
    const ruleName = rule.replace('*', '');
    return { kcidb, model: camelCase(kcidb), object: Object.hasOwn(objects, ruleName) ? ruleName : null };
  });
  cache.set(name, names);
  return names;
}

function camelCase(name: string): string {
  return name.replace(/^_/, '').replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
