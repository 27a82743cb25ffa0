import type { Document } from 'bson';
import { idOf, listOf, toObjectId } from '../kit/mongo/documents.ts';
import type { Statements } from './client.ts';
import { NATURAL_FIELDS, type NaturalBuilds } from './natural-builds.ts';
import { type Revision, revisionOf } from './revision.ts';

/** Groups lie in groups, no deeper than this: what seems to is a cycle. */
const MAX_DEPTH = 20;
/** Groups of one read. */
const MAX_GROUPS = 50_000;

const GROUP_FIELDS = [
  ...['_id', 'name', 'parent_id', 'build_id', 'sub_groups', 'device_type', 'board', 'lab_name', 'mach', 'version'],
  ...['boot_log', 'boot_log_html', 'file_server_resource', 'initrd', 'board_instance', 'plan_variant', 'warnings'],
  ...['boot_result_description', ...NATURAL_FIELDS],
];

/** What is wanted of groups: the description of the root file system is large. */
export function groupProjection(fields: ReadonlySet<string>): Readonly<Record<string, 1>> {
  const names = fields.has('misc') ? [...GROUP_FIELDS, 'initrd_info'] : GROUP_FIELDS;
  return Object.fromEntries(names.map((name) => [name, 1]));
}

/** Groups of tests by `_id`, and how they lie in each other; a plan is a group that lies in none. */
export class Groups {
  readonly #groups = new Map<string, Document>();
  readonly #sought = new Set<string>();
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
      this.#sought.add(hex);
    }
  }

  /** Reads groups by `_id`; each is looked for once. */
  async #load(wanted: readonly string[]): Promise<void> {
    const ids = [...new Set(wanted)].filter((hex) => !this.#sought.has(hex));
    for (const hex of ids) this.#sought.add(hex);
    if (ids.length === 0) return;
    const query = { projection: this.#projection, limit: MAX_GROUPS };
    this.add((await this.#statements.find('test_group', { _id: { $in: ids.map(toObjectId) } }, query)).documents);
  }

  /** These groups and all that they lie in, a statement a level. */
  async loadUp(wanted: readonly string[]): Promise<void> {
    let level = wanted;
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      await this.#load(level);
      level = level.flatMap((hex) => this.#parentOf(hex) ?? []).filter((hex) => !this.#sought.has(hex));
    }
  }

  /** All that lies in the groups at hand, a statement a level. */
  async loadDown(): Promise<void> {
    let level = [...this.#groups.keys()];
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      const below = level.flatMap((hex) => listOf(this.#groups.get(hex)?.sub_groups).flatMap((id) => idOf(id) ?? []));
      level = [...new Set(below)].filter((hex) => !this.#sought.has(hex));
      await this.#load(level);
    }
  }

  /** A group and all that it lies in, itself first; whether the last of them is a plan. */
  lineOf(hex: string | null): { readonly groups: readonly Document[]; readonly isWhole: boolean } {
    const groups: Document[] = [];
    const seen = new Set<string>();
    let next = hex;
    while (next !== null && !seen.has(next) && groups.length < MAX_DEPTH) {
      seen.add(next);
      const group = this.#groups.get(next);
      if (group === undefined) return { groups, isWhole: false };
      groups.push(group);
      next = this.#parentOf(next);
    }
    return { groups, isWhole: groups.length > 0 };
  }

  /** The build that a group ran on: its own, else that of the nearest group above it, else the one with its traits. */
  buildOf(hex: string | null, builds: NaturalBuilds): string | null {
    const { groups } = this.lineOf(hex);
    for (const group of groups) {
      const build = idOf(group.build_id);
      if (build !== null) return build;
    }
    const top = groups.at(-1);
    return top === undefined ? null : builds.buildOf(top);
  }

  /** The revisions of groups whose build no group above them names. */
  revisionsWithoutBuild(): readonly (Revision | null)[] {
    return [...this.#groups.keys()].flatMap((hex) => {
      const { groups } = this.lineOf(hex);
      const top = groups.at(-1);
      return top === undefined || groups.some(({ build_id }) => idOf(build_id) !== null) ? [] : [revisionOf(top)];
    });
  }

  /** A group that was overwritten by one within it names itself. */
  #parentOf(hex: string): string | null {
    const parent = idOf(this.#groups.get(hex)?.parent_id);
    return parent === hex ? null : parent;
  }
}
