import type { Fault } from '../../../adapter.ts';
import { latestRules } from '../document-rules.ts';
import { fault } from '../fault.ts';
import type { KcidbObject, ListName } from '../kcidb-object.ts';
import type { UpgradeEntry } from './entry.ts';

/** Under which of these names a field of 5.3 stood in 1.1 or 2.0. */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'origin_id'],
  checkout_id: ['revision_id', 'revision_origin_id'],
  build_id: ['build_id', 'build_origin'],
  git_commit_hash: ['git_repository_commit_hash'],
  git_commit_name: ['git_repository_commit_name'],
  patchset_hash: ['id', 'origin_id'],
  patchset_files: ['patch_mboxes'],
  start_time: ['start_time', 'discovery_time'],
  comment: ['description'],
};

/**
 * The faults of an upgraded object by the rules of 5.3, at the places where they were sent. Versions 1.1 and 2.0 are so
 * loose that an object can be right there and wrong here: a commit that is no SHA-1, a file without a name.
 */
export function newestFormFaults(entry: UpgradeEntry, list: ListName, sent: KcidbObject): Fault[] {
  return latestRules()
    .objectFaults(list, entry.place[1], entry.object)
    .map((found) => {
      const [, , , field = '', ...rest] = found.path.split('/');
      const former = FORMER_NAMES[field]?.find((name) => Object.hasOwn(sent, name)) ?? field;
      const place = [...entry.place, former, ...rest];
      const value = rest.length === 0 ? sent[former] : found.value;
      return fault(place, found.rule, `Upgraded to version 5.3: ${found.message}`, value);
    });
}
