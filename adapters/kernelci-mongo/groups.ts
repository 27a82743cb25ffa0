import type { Document } from 'bson';
import { idOf, listOf, textOf, toObjectId } from '../kit/mongo/documents.ts';
import type { Statements } from './client.ts';
import { distinctRevisions, ofRevisions, type Revision, revisionKey, revisionOf } from './revision.ts';

/** The fields that distinguish the builds of one revision. */
const TRAITS = ['arch', 'defconfig_full', 'build_environment'] as const;
export const MATCHED_FIELDS: readonly string[] = ['job', 'git_branch', 'kernel', 'defconfig', ...TRAITS];
const BUILD_PROJECTION = Object.fromEntries(['_id', ...MATCHED_FIELDS].map((name) => [name, 1 as const]));
const MAX_BUILDS = 50_000;

/** Finds the build of a run that does not name one (it was imported before the build) by the fields of both. */
export class BuildMatcher {
  readonly #byRevision = new Map<string, Document[]>();

  /** Reads the builds of these revisions by the index (git_branch, job, kernel). */
  async load(revisions: Iterable<Revision | null>, statements: Statements): Promise<void> {
    const wanted = distinctRevisions(revisions).filter((revision) => !this.#byRevision.has(revisionKey(revision)));
    if (wanted.length === 0) return;
    for (const revision of wanted) this.#byRevision.set(revisionKey(revision), []);
    const query = { projection: BUILD_PROJECTION, limit: MAX_BUILDS };
    const { documents } = await statements.find('build', ofRevisions(wanted), query);
    for (const document of documents) {
      const revision = revisionOf(document);
      if (revision !== null) this.#byRevision.get(revisionKey(revision))?.push(document);
    }
  }

  /** The `_id` of the first matching build, or null. */
  buildOf(run: Document): string | null {
    const revision = revisionOf(run);
    const builds = revision === null ? [] : (this.#byRevision.get(revisionKey(revision)) ?? []);
    const fitting = builds.filter((build) => isBuildOfRun(build, run)).flatMap(({ _id }) => idOf(_id) ?? []);
    return fitting.sort()[0] ?? null;
  }
}

function isBuildOfRun(build: Document, run: Document): boolean {
  const [own, wanted] = [textOf(build.defconfig), textOf(run.defconfig)];
  if (own !== null && wanted !== null && own !== wanted) return false;
  return TRAITS.every((trait) => textOf(build[trait]) === textOf(run[trait]));
}

/** Groups contain groups. Anything deeper than this is a cycle. */
const MAX_DEPTH = 20;
/** The maximum number of groups of one read. */
const MAX_GROUPS = 50_000;

const GROUP_FIELDS = [
  ...['_id', 'name', 'parent_id', 'build_id', 'sub_groups', 'device_type', 'board', 'lab_name', 'mach', 'version'],
  ...['boot_log', 'boot_log_html', 'file_server_resource', 'initrd', 'board_instance', 'plan_variant', 'warnings'],
  ...['boot_result_description', ...MATCHED_FIELDS],
];

/** The fields to read of groups. The description of the root file system is large, so it is read only for `misc`. */
export function groupProjection(fields: ReadonlySet<string>): Readonly<Record<string, 1>> {
  const names = fields.has('misc') ? [...GROUP_FIELDS, 'initrd_info'] : GROUP_FIELDS;
  return Object.fromEntries(names.map((name) => [name, 1]));
}

/** Groups of tests by `_id`, and how they contain each other. A plan is a group without a parent. */
export class Groups {
  readonly #groups = new Map<string, Document>();
  readonly #requested = new Set<string>();
  readonly #statements: Statements;
  readonly #projection: Readonly<Record<string, 1>>;

  constructor(statements: Statements, projection: Readonly<Record<string, 1>>) {
    this.#statements = statements;
    this.#projection = projection;
  }

  get all(): ReadonlyMap<string, Document> {
    return this.#groups;
  }

  add(documents: readonly Document[]): void {
    for (const document of documents) {
      const hex = idOf(document._id);
      if (hex === null) continue;
      this.#groups.set(hex, document);
      this.#requested.add(hex);
    }
  }

  /** Reads groups by `_id`, each only once. */
  async #load(wanted: readonly string[]): Promise<void> {
    const ids = [...new Set(wanted)].filter((hex) => !this.#requested.has(hex));
    for (const hex of ids) this.#requested.add(hex);
    if (ids.length === 0) return;
    const query = { projection: this.#projection, limit: MAX_GROUPS };
    this.add((await this.#statements.find('test_group', { _id: { $in: ids.map(toObjectId) } }, query)).documents);
  }

  /** Loads these groups and their ancestors, with one statement for each level. */
  async loadUp(wanted: readonly string[]): Promise<void> {
    let level = wanted;
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      await this.#load(level);
      level = level.flatMap((hex) => this.#parentOf(hex) ?? []).filter((hex) => !this.#requested.has(hex));
    }
  }

  /** Loads the descendants of the loaded groups, with one statement for each level. */
  async loadDown(): Promise<void> {
    let level = [...this.#groups.keys()];
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      const below = level.flatMap((hex) => listOf(this.#groups.get(hex)?.sub_groups).flatMap((id) => idOf(id) ?? []));
      level = [...new Set(below)].filter((hex) => !this.#requested.has(hex));
      await this.#load(level);
    }
  }

  /** A group and its ancestors, itself first. It is complete if the last of them is a plan. */
  lineageOf(hex: string | null): { readonly groups: readonly Document[]; readonly isComplete: boolean } {
    const groups: Document[] = [];
    const seen = new Set<string>();
    let next = hex;
    while (next !== null && !seen.has(next) && groups.length < MAX_DEPTH) {
      seen.add(next);
      const group = this.#groups.get(next);
      if (group === undefined) return { groups, isComplete: false };
      groups.push(group);
      next = this.#parentOf(next);
    }
    return { groups, isComplete: groups.length > 0 };
  }

  /** The build that a group ran on: its own, else that of the nearest ancestor, else the one with matching fields. */
  buildOf(hex: string | null, builds: BuildMatcher): string | null {
    const { groups } = this.lineageOf(hex);
    for (const group of groups) {
      const build = idOf(group.build_id);
      if (build !== null) return build;
    }
    const top = groups.at(-1);
    return top === undefined ? null : builds.buildOf(top);
  }

  /** The revisions of groups for which neither they nor an ancestor name a build. */
  revisionsWithoutBuild(): readonly (Revision | null)[] {
    return [...this.#groups.keys()].flatMap((hex) => {
      const { groups } = this.lineageOf(hex);
      const top = groups.at(-1);
      return top === undefined || groups.some(({ build_id }) => idOf(build_id) !== null) ? [] : [revisionOf(top)];
    });
  }

  /** A group that was overwritten by one of its children names itself as its parent. */
  #parentOf(hex: string): string | null {
    const parent = idOf(this.#groups.get(hex)?.parent_id);
    return parent === hex ? null : parent;
  }
}
