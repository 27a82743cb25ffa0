import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { eitherSpelling, MAX_NODES, type NodeClient, type Shape } from '../client.ts';
import { CHILD_KINDS } from './kinds.ts';
import type { Lineage } from './lineage.ts';
import type { MaestroNode } from './node.ts';
import { projectionAbove, projectionOf } from './projections.ts';
import { windowsBelow } from './windows.ts';

export interface Below {
  readonly nodes: readonly MaestroNode[];
  /** There are more than one read may give. */
  readonly isCut: boolean;
}

/** How descendants are asked for. */
interface Asking {
  readonly shape: Shape;
  readonly fields: ReadonlySet<string>;
  readonly order: 1 | -1;
  readonly call: Call;
}

const MAX_LEVELS = 12;

/** What lies below nodes. */
export class Descendants {
  readonly #client: NodeClient;
  readonly #lineage: Lineage;
  readonly #lifetimeMs: number;

  constructor(client: NodeClient, lineage: Lineage, lifetimeMs: number) {
    this.#client = client;
    this.#lineage = lineage;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The kbuilds straight below checkouts. */
  async builds(checkouts: readonly string[], asking: Asking): Promise<Below> {
    if (checkouts.length === 0) return { nodes: [], isCut: false };
    return await this.#children('build', checkouts, MAX_NODES, asking);
  }

  /**
   * All tests below kbuilds: in one read by the tree's id and the place in it, where these are known and the read is bounded;
   * else level by level.
   */
  async testsOfBuilds(builds: readonly string[], asking: Asking): Promise<Below> {
    const { shape, call } = asking;
    const unknown = builds.filter((id) => this.#lineage.known(id) === null);
    this.#lineage.keep(await this.#client.byIds(unknown, projectionAbove(false), call), false);
    const nodes = builds.flatMap((id) => this.#lineage.known(id) ?? []).filter(({ entity }) => entity === 'build');
    const isByTree = shape.isSmall || shape.indexed.has('treeid') || !shape.indexed.has('parent');
    const inTrees = nodes.filter(({ tree }) => isByTree && tree !== null);
    const others = nodes.filter((node) => !inTrees.includes(node)).map(({ id }) => id);
    const [one, other] = await Promise.all([this.#ofTrees(inTrees, asking), this.testsLevelByLevel(others, asking)]);
    return { nodes: [...one.nodes, ...other.nodes], isCut: one.isCut || other.isCut };
  }

  /** Below kbuilds all tests; below checkouts those that hang straight from them. */
  async testsLevelByLevel(parents: readonly string[], asking: Asking): Promise<Below> {
    const seen = new Map<string, MaestroNode>();
    let frontier = parents;
    for (let level = 0; level < MAX_LEVELS && frontier.length > 0; level++) {
      const { nodes, isCut } = await this.#children('test', frontier, MAX_NODES - seen.size, asking);
      const added = nodes.filter(({ id, entity }) => entity === 'test' && !seen.has(id) && !parents.includes(id));
      for (const node of added) seen.set(node.id, node);
      if (isCut || seen.size >= MAX_NODES) return { nodes: [...seen.values()], isCut: true };
      frontier = added.map(({ id }) => id);
    }
    return { nodes: [...seen.values()], isCut: false };
  }

  async #ofTrees(builds: readonly MaestroNode[], { shape, fields, order, call }: Asking): Promise<Below> {
    if (builds.length === 0) return { nodes: [], isCut: false };
    // Of one tree those builds that stand at one place of the path are asked for together.
    const places = Map.groupBy(builds, ({ tree, path }) => `${tree} ${path.length - 1}`);
    const inTrees = [...places.values()].flatMap((group): Filter<Document>[] => {
      const [first] = group;
      if (first === undefined) return [];
      const names = [...new Set(group.flatMap(({ path }) => path.at(-1) ?? []))];
      return [{ treeid: first.tree, [`path.${first.path.length - 1}`]: { $in: names } }];
    });
    const isFound = shape.isSmall || shape.indexed.has('treeid');
    const ids = builds.map(({ id }) => id);
    const filter: Filter<Document> = {
      kind: { $in: CHILD_KINDS.test },
      $and: [{ $or: inTrees }, ...(isFound ? [] : [windowsBelow(ids, this.#lifetimeMs)])],
    };
    const query = { projection: projectionOf('test', fields), sort: { _id: order }, limit: MAX_NODES };
    const read = await this.#client.find(filter, query, call);
    return { nodes: read.isCut ? read.nodes : below(new Set(ids), read.nodes), isCut: read.isCut };
  }

  async #children(entity: 'build' | 'test', parents: readonly string[], limit: number, asking: Asking): Promise<Below> {
    const { shape, fields, order, call } = asking;
    const isFound = shape.isSmall || shape.indexed.has('parent');
    const filter: Filter<Document> = {
      parent: { $in: eitherSpelling(parents) },
      kind: { $in: CHILD_KINDS[entity] },
      ...(isFound ? {} : windowsBelow(parents, this.#lifetimeMs)),
    };
    const query = { projection: projectionOf(entity, fields), sort: { _id: order }, limit };
    return await this.#client.find(filter, query, call);
  }
}

/** Without what lies below other builds of the same name, such as those that were tried again. */
function below(builds: ReadonlySet<string>, nodes: readonly MaestroNode[]): readonly MaestroNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isBelow = (node: MaestroNode): boolean => {
    let above: string | null = node.parent;
    for (let level = 0; level < MAX_LEVELS && above !== null; level++) {
      if (builds.has(above)) return true;
      above = byId.get(above)?.parent ?? null;
    }
    return false;
  };
  return nodes.filter(isBelow);
}

/** What `call.warn` is told where there is more below than one read may give. */
export function tooMany(): SourceError {
  const message = `More than ${MAX_NODES} nodes lie below what was asked for: not all of them are given.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}
