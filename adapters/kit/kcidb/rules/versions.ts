import type { FieldRules, VersionChange, VersionRules } from './rule-types.ts';
import { VERSION_1_1 } from './version-1-1.ts';
import { VERSION_2_0 } from './version-2-0.ts';
import { VERSION_3_0 } from './version-3-0.ts';
import { VERSIONS_4 } from './version-4.ts';
import { VERSIONS_5 } from './version-5.ts';

const CHANGES: readonly VersionChange[] = [VERSION_2_0, VERSION_3_0, ...VERSIONS_4, ...VERSIONS_5];

/** Every published version from 1.1 to 5.3, oldest first, each in full. */
export const VERSIONS: readonly VersionRules[] = history();

function history(): VersionRules[] {
  const versions = [VERSION_1_1];
  for (const change of CHANGES) versions.push(applied(versions.at(-1) ?? VERSION_1_1, change));
  return versions;
}

function applied(base: VersionRules, change: VersionChange): VersionRules {
  const objects: Record<string, FieldRules> = { ...base.objects };
  for (const [name, fields] of Object.entries(change.objects ?? {})) {
    if (fields === null) delete objects[name];
    else objects[name] = replaced(objects[name] ?? {}, fields);
  }
  return {
    major: change.major,
    minor: change.minor,
    values: replaced(base.values, change.values ?? {}),
    objects,
    lists: replaced(base.lists, change.lists ?? {}),
  };
}

function replaced<V>(base: Readonly<Record<string, V>>, change: Readonly<Record<string, V | null>>): Record<string, V> {
  const result: Record<string, V> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}
