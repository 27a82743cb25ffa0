import { fault } from '../fault.ts';
import type { KcidbObject } from '../kcidb-object.ts';
import { rename, textOf, type UpgradeEntry } from './entry.ts';

/** 2.0 to 3.0: the origin is taken out of the id into a field, and revisions are named without theirs. */
export function toVersion3({ list, object, place, faults }: UpgradeEntry): void {
  const origin = /^([a-z0-9_]+):/.exec(textOf(object, 'id') ?? '')?.[1];
  // Only 1.1 knows objects without an origin: every later id begins with one.
  if (origin === undefined) {
    const message = '"origin" must not be empty: from version 2.0 on, an id begins with it.';
    faults.push(fault([...place, 'origin'], 'upgrade', message, ''));
    return;
  }
  object.origin = origin;
  if (list === 'revisions') {
    removeOrigin(object, 'id');
    rename(object, 'git_repository_commit_hash', 'git_commit_hash');
    rename(object, 'git_repository_commit_name', 'git_commit_name');
  }
  if (list === 'builds') removeOrigin(object, 'revision_id');
}

function removeOrigin(object: KcidbObject, field: string): void {
  const id = textOf(object, field) ?? '';
  object[field] = id.slice(id.indexOf(':') + 1);
}
