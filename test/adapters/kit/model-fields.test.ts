import { describe, expect, it } from 'vitest';
import { FIELDS, type Field } from '../../../adapters/contract/fields.ts';
import { ENTITY_NAMES } from '../../../adapters/contract/model.ts';
import { latestRules } from '../../../adapters/kit/kcidb/validator.ts';

const { objects } = latestRules().version;

/** The paths of all fields of an object by KCIDB's own rules. */
function documentPaths(name: string, within = ''): readonly string[] {
  return Object.entries(objects[name] ?? {}).flatMap(([field, rule]) => {
    const type = rule.replace('*', '');
    const path = `${within}${field}`;
    return Object.hasOwn(objects, type) && type !== 'resource' ? [path, ...documentPaths(type, `${path}.`)] : [path];
  });
}

function tablePaths(fields: readonly Field[]): readonly string[] {
  return fields.flatMap(({ kind, path, parts }) => (kind === 'conflicts' ? [] : [path, ...tablePaths(parts)]));
}

describe('the table of fields', () => {
  it.each(ENTITY_NAMES)('has each field of a %s under its path in a KCIDB document, and no other', (entity) => {
    expect([...tablePaths(FIELDS[entity])].sort()).toEqual([...documentPaths(entity)].sort());
  });
});
