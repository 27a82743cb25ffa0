import { isObject } from '../kcidb-object.ts';
import { rename, textOf, type UpgradeEntry } from './entry.ts';

/**
 * 3.0 to 4.0: revisions become checkouts. A revision had no id of its own, so one is made of the origin and the revision,
 * and given the placeholder origin `_` in front, which no checkout of a CI system can have.
 */
export function toVersion4(entry: UpgradeEntry): void {
  const { object } = entry;
  const origin = textOf(object, 'origin') ?? '';
  rename(object, 'description', 'comment');
  switch (entry.list) {
    case 'revisions': {
      const revision = textOf(object, 'id') ?? '';
      object.id = `_:${origin}:${revision}`;
      object.patchset_hash = revision.split('+', 2)[1] ?? '';
      rename(object, 'patch_mboxes', 'patchset_files');
      rename(object, 'discovery_time', 'start_time');
      delete object.publishing_time;
      entry.list = 'checkouts';
      break;
    }
    case 'builds':
      object.checkout_id = `_:${origin}:${textOf(object, 'revision_id') ?? ''}`;
      delete object.revision_id;
      break;
    case 'tests':
      if (isObject(object.environment)) {
        const environment = { ...object.environment };
        rename(environment, 'description', 'comment');
        object.environment = environment;
      }
      break;
  }
}
