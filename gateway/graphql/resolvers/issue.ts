import { fieldSet } from '../../federation/field-set.ts';
import { issueVersions } from '../../federation/list/issue-versions.ts';
import type { Shown } from '../../federation/merge.ts';
import { type BatchResolver, perScope } from './batch-resolver.ts';
import { listField } from './list-field.ts';

type Parent = Shown<'issue'>;

const versions: BatchResolver<Parent, unknown, readonly Shown<'issue'>[]> = (parents, _, context, field) => {
  const fields = fieldSet('issue', field.selection.fields);
  return perScope(parents, (scope, indices) =>
    Promise.all(
      indices.map((index) => {
        const asked = { key: parents[index]!.id, path: field.path(index) };
        return issueVersions(context, scope, fields, asked);
      }),
    ),
  );
};

export const issue = {
  versions,
  /** Of all versions, also of those that nobody has: an edit of the issue hides none. */
  incidents: listField<Parent, 'incident'>(
    { field: 'Issue.incidents', entity: 'incident', relation: 'incidentsOfIssue' },
    ({ id }) => id,
  ),
};
