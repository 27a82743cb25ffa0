import { RELATION_TARGETS, type RelationName } from '../../adapter.ts';
import type { EntityName } from '../../model.ts';
import { identityOf } from './keys.ts';
import type { Sampler } from './sampler.ts';
import type { AnyObject } from './session.ts';

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
