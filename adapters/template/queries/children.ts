import {
  type Entities,
  type EntityName,
  RELATION_TARGETS,
  type RelationName,
  type RelationTarget,
} from '../../kit/author.ts';
import type { Documents, Row } from '../documents/documents.ts';
import { parseIssueKey } from '../ids.ts';

type Children = {
  readonly [R in RelationName]?: (documents: Documents, parent: string) => readonly Row<Entities[RelationTarget<R>]>[];
};

const CHILDREN: Children = {
  checkoutsOfRevision: ({ indices }, key) => indices.checkoutsOfRevision.get(key.toLowerCase()) ?? [],
  buildsOfCheckout: ({ indices }, id) => indices.buildsOfCheckout.get(id) ?? [],
  testsOfBuild: ({ indices }, id) => indices.testsOfBuild.get(id) ?? [],
  incidentsOfBuild: ({ indices }, id) => indices.incidentsOfBuild.get(id) ?? [],
  incidentsOfTest: ({ indices }, id) => indices.incidentsOfTest.get(id) ?? [],
  incidentsOfIssue: ({ indices }, key) => {
    const { id, version } = parseIssueKey(key);
    const rows = indices.incidentsOfIssue.get(id) ?? [];
    return version === null ? rows : rows.filter(({ object }) => object.issueVersion === version);
  },
  versionsOfIssue: ({ indices }, key) => {
    const { id, version } = parseIssueKey(key);
    const rows = indices.versionsOfIssue.get(id) ?? [];
    return version === null ? rows : rows.filter(({ object }) => object.version === version);
  },
  // An issue names commits, never patches: a key with patches fits none.
  issuesOfRevision: ({ indices }, key) => indices.issuesOfRevision.get(key.toLowerCase()) ?? [],
};

/** The rows below a parent, newest first; null where the relation is none of this source's. */
export function childrenOf<R extends RelationName>(
  documents: Documents,
  relation: R,
  parent: string,
  allVersions: boolean,
): readonly Row<Entities[RelationTarget<R>]>[] | null {
  const find = CHILDREN[relation];
  if (find === undefined) return null;
  const rows = find(documents, parent);
  const target: EntityName = RELATION_TARGETS[relation];
  if (target !== 'issue' || relation === 'versionsOfIssue' || allVersions) return rows;
  return rows.filter(({ object }) => 'version' in object && documents.isNewestVersion(object));
}
