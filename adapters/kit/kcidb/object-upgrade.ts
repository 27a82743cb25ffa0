import type { Fault } from '../../contract/adapter.ts';
import { fault, quoted } from './faults.ts';
import type { VersionRules } from './rules/schema.ts';
import { PATH_PATTERN } from './rules/versions.ts';
import { keyLengthFaults, latestRules } from './validator.ts';
import { isObject, type KcidbObject, type ListName, type SentListName } from './walk-document.ts';

/** An object of version 5.3. */
export interface UpgradedObject {
  readonly list: ListName;
  readonly object: KcidbObject;
  /** Not sent, but made by the upgrade: a waiver's issue or incident, whose origin `_` is nobody's. */
  readonly madeByUpgrade: boolean;
}

/** Either objects, the one that was given first, or faults. */
export interface ObjectUpgraded {
  readonly objects: readonly UpgradedObject[];
  readonly faults: readonly Fault[];
}

/** Within a major version an upgrade changes nothing but the number. */
const STEPS: readonly (readonly [major: number, step: (entry: UpgradeEntry) => void])[] = [
  [2, toVersion2],
  [3, toVersion3],
  [4, toVersion4],
  [5, toVersion5],
];

/** The first version whose valid objects are all valid in 5.3 once the steps have passed them. */
const STRICT_MAJOR = 3;

/** Takes the objects of one document to version 5.3, one by one and in any order. Not to be shared between documents. */
export class ObjectUpgrade {
  readonly #version: VersionRules;
  readonly #steps: readonly ((entry: UpgradeEntry) => void)[];
  readonly #document = { hasWaiverIssue: false };

  /** @param version the version that the document was sent in */
  constructor(version: VersionRules) {
    this.#version = version;
    this.#steps = STEPS.filter(([major]) => major > version.major).map(([, step]) => step);
  }

  /**
   * Upgrades an object that is valid in the document's version. The object is left as it is; what does not change is
   * shared with it.
   */
  upgrade(list: SentListName, index: number, object: KcidbObject): ObjectUpgraded {
    if (this.#steps.length === 0) {
      return { objects: [{ list: newestList(list), object, madeByUpgrade: false }], faults: [] };
    }
    const entry: UpgradeEntry = {
      object: { ...object },
      list,
      place: [list, index],
      faults: [],
      made: [],
      document: this.#document,
    };
    for (const step of this.#steps) {
      step(entry);
      if (entry.faults.length > 0) return { objects: [], faults: entry.faults };
    }
    const newest = newestList(entry.list);
    // The upgrade makes longer ids of ids: of 1.1's parts, and of a waived test's.
    const ids = [entry.object, ...entry.made.map((one) => one.object)];
    const faults = ids.flatMap((one) => keyLengthFaults(one, entry.place)).slice(0, 1);
    if (this.#version.major < STRICT_MAJOR && faults.length === 0)
      faults.push(...newestFormFaults(entry, newest, object));
    if (faults.length > 0) return { objects: [], faults };
    const made = entry.made.map((one) => ({ ...one, madeByUpgrade: true }));
    return { objects: [{ list: newest, object: entry.object, madeByUpgrade: false }, ...made], faults: [] };
  }
}

function newestList(list: SentListName): ListName {
  return list === 'revisions' ? 'checkouts' : list;
}

const FILE_LISTS = ['patch_mboxes', 'input_files', 'output_files'];

/** 1.1 to 2.0: an origin and an id of that origin become one id; resource names lose their slashes. */
export function toVersion2({ list, object }: UpgradeEntry): void {
  join(object, 'id', 'origin', 'origin_id');
  if (list === 'builds') join(object, 'revision_id', 'revision_origin', 'revision_origin_id');
  if (list === 'tests') join(object, 'build_id', 'build_origin', 'build_origin_id');
  for (const field of FILE_LISTS) {
    const files = object[field];
    if (Array.isArray(files)) object[field] = files.map(withoutSlashes);
  }
}

function join(object: KcidbObject, id: string, origin: string, local: string): void {
  object[id] = `${textOf(object, origin) ?? ''}:${textOf(object, local) ?? ''}`;
  delete object[origin];
  delete object[local];
}

function withoutSlashes(resource: unknown): unknown {
  return isObject(resource) ? { ...resource, name: (textOf(resource, 'name') ?? '').replaceAll('/', '_') } : resource;
}

/** 2.0 to 3.0: the origin is taken out of the id into a field, and revisions are named without theirs. */
export function toVersion3({ list, object, place, faults }: UpgradeEntry): void {
  const origin = /^([a-z0-9_]+):/.exec(textOf(object, 'id') ?? '')?.[1];
  // Only 1.1 knows objects without an origin: every later id begins with one.
  if (origin === undefined) {
    const message = '"origin" must not be empty: from version 2.0 on, an id begins with it.';
    faults.push(fault([...place, 'origin'], 'upgrade', message, ''));
    return;
  }
  object.origin = origin;
  if (list === 'revisions') {
    removeOrigin(object, 'id');
    rename(object, 'git_repository_commit_hash', 'git_commit_hash');
    rename(object, 'git_repository_commit_name', 'git_commit_name');
  }
  if (list === 'builds') removeOrigin(object, 'revision_id');
}

function removeOrigin(object: KcidbObject, field: string): void {
  const id = textOf(object, field) ?? '';
  object[field] = id.slice(id.indexOf(':') + 1);
}

/**
 * 3.0 to 4.0: revisions become checkouts. A revision had no id of its own, so one is made of the origin and the revision,
 * and given the placeholder origin `_` in front, which no checkout of a CI system can have.
 */
export function toVersion4(entry: UpgradeEntry): void {
  const { object } = entry;
  const origin = textOf(object, 'origin') ?? '';
  rename(object, 'description', 'comment');
  switch (entry.list) {
    case 'revisions': {
      const revision = textOf(object, 'id') ?? '';
      object.id = `_:${origin}:${revision}`;
      object.patchset_hash = revision.split('+', 2)[1] ?? '';
      rename(object, 'patch_mboxes', 'patchset_files');
      rename(object, 'discovery_time', 'start_time');
      delete object.publishing_time;
      entry.list = 'checkouts';
      break;
    }
    case 'builds':
      object.checkout_id = `_:${origin}:${textOf(object, 'revision_id') ?? ''}`;
      delete object.revision_id;
      break;
    case 'tests':
      if (isObject(object.environment)) {
        const environment = { ...object.environment };
        rename(environment, 'description', 'comment');
        object.environment = environment;
      }
      break;
  }
}

const PATH = new RegExp(PATH_PATTERN, 'u');
const WAIVER = { id: '_:waived', version: 1 };

/**
 * 4.5 to 5.0: what version 5 forbids and nobody can guess is refused: repositories that are not reached by https, and test
 * paths with an empty name in them. A waived test becomes an incident of one issue, and both have the origin `_`.
 */
export function toVersion5(entry: UpgradeEntry): void {
  const { object, place, faults } = entry;
  switch (entry.list) {
    case 'checkouts': {
      delete object.contacts;
      const url = textOf(object, 'git_repository_url');
      if (url !== undefined && !url.startsWith('https://')) {
        const message = `Version 5 takes https:// repositories only, not ${quoted(url)}: give the repository's https:// URL.`;
        faults.push(fault([...place, 'git_repository_url'], 'upgrade', message, url));
      }
      break;
    }
    case 'builds':
      if (object.valid !== undefined) object.status = object.valid === true ? 'PASS' : 'FAIL';
      delete object.valid;
      break;
    case 'tests': {
      const path = textOf(object, 'path');
      if (path !== undefined && !PATH.test(path)) {
        const message = `In version 5 a path has a name on both sides of each dot, ${quoted(path)} has not: take out the extra dots.`;
        faults.push(fault([...place, 'path'], 'upgrade', message, path));
      }
      if (object.waived === true) addWaiver(entry);
      delete object.waived;
      break;
    }
    case 'issues':
      delete object.build_valid;
      delete object.test_status;
      break;
  }
}

function addWaiver({ object, made, document }: UpgradeEntry): void {
  if (!document.hasWaiverIssue) {
    made.push({ list: 'issues', object: { ...WAIVER, origin: '_', comment: 'Test waived as unreliable' } });
    document.hasWaiverIssue = true;
  }
  const testId = textOf(object, 'id') ?? '';
  const incident = {
    id: `${WAIVER.id}:${WAIVER.version}:${testId}`,
    origin: '_',
    issue_id: WAIVER.id,
    issue_version: WAIVER.version,
    test_id: testId,
    present: true,
  };
  made.push({ list: 'incidents', object: incident });
}

/** An object on its way to 5.3. */
export interface UpgradeEntry {
  /** The object's own copy of its fields: steps add, rename and remove there, and replace nested values. */
  readonly object: KcidbObject;
  list: SentListName;
  /** Where the object stood in the document that was sent. */
  readonly place: readonly [SentListName, number];
  /** What the object cannot be upgraded for, in the terms of the version that was sent. */
  readonly faults: Fault[];
  /** Objects that a step makes out of this one. */
  readonly made: { readonly list: ListName; readonly object: KcidbObject }[];
  /** Shared by all objects of the document. */
  readonly document: { hasWaiverIssue: boolean };
}

/** The text of a field that validation found to be a string, or undefined where it is absent. */
export function textOf(object: KcidbObject, field: string): string | undefined {
  const value = object[field];
  return typeof value === 'string' ? value : undefined;
}

/** Gives a field another name, if it is there. */
export function rename(object: KcidbObject, from: string, to: string): void {
  if (!Object.hasOwn(object, from)) return;
  object[to] = object[from];
  delete object[from];
}

/** Under which of these names a field of 5.3 stood in 1.1 or 2.0. */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'origin_id'],
  checkout_id: ['revision_id', 'revision_origin_id'],
  build_id: ['build_id', 'build_origin'],
  git_commit_hash: ['git_repository_commit_hash'],
  git_commit_name: ['git_repository_commit_name'],
  patchset_hash: ['id', 'origin_id'],
  patchset_files: ['patch_mboxes'],
  start_time: ['start_time', 'discovery_time'],
  comment: ['description'],
};

/**
 * The faults of an upgraded object by the rules of 5.3, at the places where they were sent. Versions 1.1 and 2.0 are so
 * loose that an object can be right there and wrong here: a commit that is no SHA-1, a file without a name.
 */
export function newestFormFaults(entry: UpgradeEntry, list: ListName, sent: KcidbObject): Fault[] {
  return latestRules()
    .objectFaults(list, entry.place[1], entry.object)
    .map((found) => {
      const [, , , field = '', ...rest] = found.path.split('/');
      const former = FORMER_NAMES[field]?.find((name) => Object.hasOwn(sent, name)) ?? field;
      const place = [...entry.place, former, ...rest];
      const value = rest.length === 0 ? sent[former] : found.value;
      return fault(place, found.rule, `Upgraded to version 5.3: ${found.message}`, value);
    });
}
