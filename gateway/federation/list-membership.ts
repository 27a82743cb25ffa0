import type { RelationName } from '../../adapters/adapter.ts';
import { namedCommits } from '../../adapters/kit/named-commits.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import { issueKey, revisionKey, revisionOf } from './identity.ts';
import type { ListPart, ListSubject } from './list-subject.ts';

type Child = Entities[EntityName];

interface Membership {
  /** What of a child tells its parent. */
  readonly fields: readonly string[];
  holds(child: Child, parent: string): boolean;
}

/** How a child shows that it lies below a parent. Of the others only the source that lists them knows. */
const MEMBERSHIP: { readonly [R in RelationName]?: Membership } = {
  checkoutsOfRevision: {
    fields: ['gitCommitHash', 'patchsetHash'],
    holds: (child, parent) => {
      const revision = 'gitCommitHash' in child ? revisionOf(child) : null;
      return revision !== null && revisionKey(revision) === parent;
    },
  },
  buildsOfCheckout: byField('checkoutId'),
  testsOfBuild: byField('buildId'),
  incidentsOfBuild: byField('buildId'),
  incidentsOfTest: byField('testId'),
  incidentsOfIssue: {
    fields: ['issueId', 'issueVersion'],
    holds: (child, parent) =>
      'issueId' in child && (child.issueId === parent || issueKey(child.issueId, child.issueVersion) === parent),
  },
  issuesOfRevision: {
    fields: ['misc'],
    holds: (child, parent) => 'version' in child && namedCommits(child).has(parent),
  },
};

/** The composed lists end in lists by id, of which these are the ids. */
const COMPOSED_FIELDS: { readonly [R in RelationName]?: readonly string[] } = {
  buildsOfRevision: ['checkoutId'],
  testsOfRevision: ['buildId'],
  testsOfCheckout: ['buildId'],
  incidentsOfRevision: ['buildId', 'testId'],
};

function byField(field: string): Membership {
  return { fields: [field], holds: (child, parent) => Reflect.get(child, field) === parent };
}

/** The fields that tell of an object whether it belongs to the list. */
export function membershipFields<E extends EntityName>({ relation }: ListSubject<E>): readonly string[] {
  if (relation === null) return [];
  return MEMBERSHIP[relation]?.fields ?? COMPOSED_FIELDS[relation] ?? [];
}

/** Whether an object that was found by its id lies in the list of a part too. What cannot be told does not. */
export function belongsTo<E extends EntityName>({ relation, parent, below }: ListPart<E>, child: Child): boolean {
  if (below !== undefined) return below.ids.has(Reflect.get(child, below.field));
  if (relation === null) return true;
  return MEMBERSHIP[relation]?.holds(child, parent) ?? false;
}
