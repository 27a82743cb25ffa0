import { isObject, type KcidbObject } from '../kcidb-object.ts';
import { textOf, type UpgradeEntry } from './entry.ts';

const FILE_LISTS = ['patch_mboxes', 'input_files', 'output_files'];

/** 1.1 to 2.0: an origin and an id of that origin become one id; resource names lose their slashes. */
export function toVersion2({ list, object }: UpgradeEntry): void {
  join(object, 'id', 'origin', 'origin_id');
  if (list === 'builds') join(object, 'revision_id', 'revision_origin', 'revision_origin_id');
  if (list === 'tests') join(object, 'build_id', 'build_origin', 'build_origin_id');
  for (const field of FILE_LISTS) {
    const files = object[field];
    if (Array.isArray(files)) object[field] = files.map(withoutSlashes);
  }
}

function join(object: KcidbObject, id: string, origin: string, local: string): void {
  object[id] = `${textOf(object, origin) ?? ''}:${textOf(object, local) ?? ''}`;
  delete object[origin];
  delete object[local];
}

function withoutSlashes(resource: unknown): unknown {
  return isObject(resource) ? { ...resource, name: (textOf(resource, 'name') ?? '').replaceAll('/', '_') } : resource;
}
