import {
  type Order,
  type Page,
  type PageItem,
  type PageQuery,
  type Place,
  RELATION_TARGETS,
  type RelationName,
} from '../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../contract/model.ts';
import { type CallOptions, placeOf, type Session } from './session.ts';
import type { AnyObject, KnownObject } from './subject.ts';

/** The key by which `get` finds this very object: of an issue `VERSION@ID`. */
export function keyOf(entity: EntityName, object: AnyObject): string {
  return entity === 'issue' && 'version' in object ? `${object.version}@${object.id}` : object.id;
}

/** What an object is the same by: of an issue its id and version. */
export function identityOf(object: AnyObject): string {
  return 'version' in object ? `${object.version}@${object.id}` : object.id;
}

/** The keys as parents of a relation that objects of an entity give; none where they are no parents of it. */
export function parentsIn(
  relation: RelationName,
  entity: EntityName,
  items: readonly { readonly object: AnyObject }[],
): readonly string[] {
  const parents = items.flatMap(({ object }) => parentOf(relation, entity, object));
  return [...new Set(parents)];
}

function parentOf(relation: RelationName, entity: EntityName, object: AnyObject): readonly string[] {
  const above = relation.slice(relation.indexOf('Of') + 2);
  if (above === 'Revision') {
    if (!('gitCommitHash' in object) || object.gitCommitHash === null) return [];
    return [object.patchsetHash ? `${object.gitCommitHash}+${object.patchsetHash}` : object.gitCommitHash];
  }
  if (above.toLowerCase() !== entity) return [];
  return 'version' in object ? [object.id, `${object.version}@${object.id}`] : [object.id];
}

/** A key of the same form that the source does not know, as far as one can tell. */
export function absentKey(key: string, number: number): string {
  return `${key}-absent-${number}`;
}

/** Asks for a page after a place. */
export type AskPage = (after: Place | null, first: number) => Promise<Page<AnyObject>>;

export interface Walk {
  readonly items: readonly PageItem<AnyObject>[];
  readonly pages: readonly Page<AnyObject>[];
  /** The end was reached: nothing came after the last item. */
  readonly complete: boolean;
}

/**
 * Pages on until nothing comes, whatever `hasMore` says, or until more than `limit` items came. A list that goes round in
 * circles ends by the limit.
 */
export async function walk(ask: AskPage, first: number, limit: number): Promise<Walk> {
  const items: PageItem<AnyObject>[] = [];
  const pages: Page<AnyObject>[] = [];
  let after: Place | null = null;
  while (items.length <= limit) {
    const page: Page<AnyObject> = await ask(after, first);
    pages.push(page);
    const last: PageItem<AnyObject> | undefined = page.items.at(-1);
    // An index that is still filling has no end yet.
    if (last === undefined) return { items, pages, complete: !page.hasMore };
    items.push(...page.items);
    after = placeOf(last);
  }
  return { items, pages, complete: false };
}

/** Pages of the list of an entity; only its ids are asked for unless `options` says otherwise. */
export function listing(
  session: Session,
  entity: EntityName,
  query: { readonly order: Order } & Partial<PageQuery<EntityName>>,
  options: CallOptions = { fields: new Set(['id']) },
): AskPage {
  return (after, first) => session.list(entity, { where: null, ...query, first, after }, options);
}

/** What was seen of an entity. */
export interface Sample {
  /** As listed, newest first; of issues the newest versions unless all were asked for. */
  readonly items: readonly PageItem<AnyObject>[];
  /** These are all there are. */
  readonly complete: boolean;
  /** The order in which the items stand; null where they were not listed. */
  readonly order: Order | null;
}

/** Looks at what the source holds, once an entity, for all behaviours. */
export class Sampler {
  readonly session: Session;
  readonly #samples = new Map<string, Promise<Sample>>();

  constructor(session: Session) {
    this.session = session;
  }

  sample(entity: EntityName, allVersions = false): Promise<Sample> {
    const key = `${entity} ${allVersions}`;
    const known = this.#samples.get(key) ?? this.#look(entity, allVersions);
    this.#samples.set(key, known);
    // A look that was cut short is taken again by the next behaviour, from its own share of the budget.
    known.catch(() => this.#samples.delete(key));
    return known;
  }

  /** Looks at every entity; one that fails is left out. */
  async sampleAll(): Promise<void> {
    for (const entity of ENTITY_NAMES) {
      if (this.session.entity(entity) !== undefined) await this.sample(entity).catch(() => undefined);
    }
  }

  /** The known objects of an entity; empty where the data is not known. */
  known(entity: EntityName): readonly KnownObject[] {
    return (this.session.subject.known ?? []).filter((known) => known.entity === entity);
  }

  async #look(entity: EntityName, allVersions: boolean): Promise<Sample> {
    const { session } = this;
    const capability = session.entity(entity);
    if (capability?.list) {
      const { maxPage, order } = capability.list;
      const limit = Math.max(this.known(entity).length, session.budget.sampleSize);
      const first: Order = order.includes('NEWEST') ? 'NEWEST' : 'OLDEST';
      const ask = listing(session, entity, { order: first, allVersions }, {});
      const { items, complete } = await walk(ask, Math.min(maxPage, 100), limit);
      return { items, complete, order: first };
    }
    const ids = this.known(entity).map(({ object }) => keyOf(entity, object));
    if (capability?.get && ids.length > 0) {
      const found = await session.get(entity, ids);
      const items = [...found].flatMap(([key, value]) => ('object' in value ? [{ ...value, tie: key }] : []));
      return { items, complete: false, order: null };
    }
    return { items: await this.#below(entity), complete: false, order: null };
  }

  /** What can only be reached from above. */
  async #below(entity: EntityName): Promise<readonly PageItem<AnyObject>[]> {
    const { session } = this;
    for (const relation of session.listedRelations) {
      const capability = session.relation(relation)?.list;
      if (RELATION_TARGETS[relation] !== entity || capability === undefined) continue;
      const [order = 'NEWEST'] = capability.order;
      const query = { where: null, order, first: Math.min(capability.maxPage, 20), after: null };
      for (const above of ENTITY_NAMES) {
        if (above === entity || !session.entity(above)?.list) continue;
        const parents = parentsIn(relation, above, (await this.sample(above)).items).slice(0, 10);
        if (parents.length === 0) continue;
        const pages = await session.related(relation, entity, parents, query);
        const items = [...pages.values()].flatMap((page) => ('items' in page ? page.items : []));
        if (items.length > 0) return items;
      }
    }
    return [];
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Tells whether an object lies below a parent, from what was seen of the source: null where that cannot be told, such as
 * where the objects between were not all seen.
 */
export async function memberTest(
  data: Sampler,
  relation: RelationName,
  parent: string,
): Promise<((child: AnyObject) => boolean | null) | null> {
  const given = data.session.subject.children?.[relation];
  if (given !== undefined)
    return (child) => (given[parent] ?? []).some((id) => id === child.id || id === identityOf(child));
  const field = (name: string, value: string) => (child: AnyObject) => fieldsOf(child)[name] === value;
  switch (relation) {
    case 'checkoutsOfRevision':
      return (child) => isOfRevision(child, parent);
    case 'buildsOfCheckout':
      return field('checkoutId', parent);
    case 'testsOfBuild':
    case 'incidentsOfBuild':
      return field('buildId', parent);
    case 'incidentsOfTest':
      return field('testId', parent);
    case 'incidentsOfIssue':
      return isOfIssue('issueId', 'issueVersion', parent);
    case 'versionsOfIssue':
      return isOfIssue('id', 'version', parent);
    case 'issuesOfRevision':
      return null;
    default:
      return composed(data, relation, parent);
  }
}

/** All that lies below a parent, where all was seen; else what of it was seen. */
export async function seenChildren(
  data: Sampler,
  relation: RelationName,
  parent: string,
): Promise<{ readonly ids: readonly string[]; readonly complete: boolean } | null> {
  const isMember = await memberTest(data, relation, parent);
  if (isMember === null) return null;
  const target: EntityName = RELATION_TARGETS[relation];
  const { items, complete } = await data.sample(target, relation === 'versionsOfIssue');
  const ids = items.filter(({ object }) => isMember(object) === true).map(({ object }) => identityOf(object));
  return { ids, complete };
}

async function composed(data: Sampler, relation: RelationName, parent: string) {
  const [checkouts, builds, tests] = [
    await data.sample('checkout'),
    await data.sample('build'),
    await data.sample('test'),
  ];
  if (!checkouts.complete || !builds.complete || (relation === 'incidentsOfRevision' && !tests.complete)) return null;
  const checkoutIds =
    relation === 'testsOfCheckout'
      ? new Set<unknown>([parent])
      : idsOf(checkouts.items, (checkout) => isOfRevision(checkout, parent));
  const buildIds = idsOf(builds.items, (build) => checkoutIds.has(fieldsOf(build).checkoutId));
  const testIds = idsOf(tests.items, (test) => buildIds.has(fieldsOf(test).buildId));
  return (child: AnyObject): boolean => {
    if (relation === 'buildsOfRevision') return checkoutIds.has(fieldsOf(child).checkoutId);
    const { buildId, testId } = fieldsOf(child);
    return buildIds.has(buildId) || (relation === 'incidentsOfRevision' && testIds.has(testId));
  };
}

function idsOf(items: readonly { readonly object: AnyObject }[], fits: (object: AnyObject) => boolean): Set<unknown> {
  return new Set(items.filter(({ object }) => fits(object)).map(({ object }) => object.id));
}

function isOfRevision(checkout: AnyObject, revision: string): boolean {
  const [hash, patchset = ''] = revision.toLowerCase().split('+');
  const { gitCommitHash, patchsetHash } = fieldsOf(checkout);
  return gitCommitHash === hash && (patchsetHash ?? '') === patchset;
}

function isOfIssue(idField: string, versionField: string, parent: string) {
  const [, version, id] = /^(\d+)@(.*)$/s.exec(parent) ?? [];
  return (child: AnyObject): boolean => {
    const fields = fieldsOf(child);
    if (version === undefined) return fields[idField] === parent;
    return fields[idField] === id && String(fields[versionField]) === version;
  };
}

function fieldsOf(object: AnyObject): Fields {
  return { ...object };
}

/** The relations that an adapter declares, with what they give. */
export function declaredRelations(session: Session): readonly (readonly [RelationName, EntityName])[] {
  return session.listedRelations.map((name) => [name, RELATION_TARGETS[name]] as const);
}

/** Some parents of a relation, those with the most children first as far as they were seen. */
export async function someParents(data: Sampler, relation: RelationName, limit: number): Promise<readonly string[]> {
  const parents: string[] = [];
  for (const entity of ENTITY_NAMES) {
    const capability = data.session.entity(entity);
    if (capability === undefined) continue;
    parents.push(...parentsIn(relation, entity, (await data.sample(entity)).items));
  }
  const counted: { readonly parent: string; readonly children: number }[] = [];
  for (const parent of parents.slice(0, 200)) {
    counted.push({ parent, children: (await seenChildren(data, relation, parent))?.ids.length ?? 0 });
  }
  const sorted = counted.toSorted((one, other) => other.children - one.children).map(({ parent }) => parent);
  // Those without children belong to it too.
  const childless = sorted.slice(-2).filter((parent) => sorted.indexOf(parent) >= limit - 2);
  return [...new Set([...sorted.slice(0, Math.max(1, limit - 2)), ...childless])];
}
