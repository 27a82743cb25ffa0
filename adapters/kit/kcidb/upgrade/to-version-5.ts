import { fault, quoted } from '../fault.ts';
import { PATH_PATTERN } from '../rules/version-5.ts';
import { textOf, type UpgradeEntry } from './entry.ts';

const PATH = new RegExp(PATH_PATTERN, 'u');
const WAIVER = { id: '_:waived', version: 1 };

/**
 * 4.5 to 5.0: what version 5 forbids and nobody can guess is refused: repositories that are not reached by https, and test
 * paths with an empty name in them. A waived test becomes an incident of one issue, and both have the origin `_`.
 */
export function toVersion5(entry: UpgradeEntry): void {
  const { object, place, faults } = entry;
  switch (entry.list) {
    case 'checkouts': {
      delete object.contacts;
      const url = textOf(object, 'git_repository_url');
      if (url !== undefined && !url.startsWith('https://')) {
        const message = `Version 5 takes https:// repositories only, not ${quoted(url)}: give the repository's https:// URL.`;
        faults.push(fault([...place, 'git_repository_url'], 'upgrade', message, url));
      }
      break;
    }
    case 'builds':
      if (object.valid !== undefined) object.status = object.valid === true ? 'PASS' : 'FAIL';
      delete object.valid;
      break;
    case 'tests': {
      const path = textOf(object, 'path');
      if (path !== undefined && !PATH.test(path)) {
        const message = `In version 5 a path has a name on both sides of each dot, ${quoted(path)} has not: take out the extra dots.`;
        faults.push(fault([...place, 'path'], 'upgrade', message, path));
      }
      if (object.waived === true) addWaiver(entry);
      delete object.waived;
      break;
    }
    case 'issues':
      delete object.build_valid;
      delete object.test_status;
      break;
  }
}

function addWaiver({ object, made, document }: UpgradeEntry): void {
  if (!document.hasWaiverIssue) {
    made.push({ list: 'issues', object: { ...WAIVER, origin: '_', comment: 'Test waived as unreliable' } });
    document.hasWaiverIssue = true;
  }
  const testId = textOf(object, 'id') ?? '';
  const incident = {
    id: `${WAIVER.id}:${WAIVER.version}:${testId}`,
    origin: '_',
    issue_id: WAIVER.id,
    issue_version: WAIVER.version,
    test_id: testId,
    present: true,
  };
  made.push({ list: 'incidents', object: incident });
}
