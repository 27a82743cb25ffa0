import type { Fault } from '../../contract/adapter.ts';
import { fault, quoted } from './faults.ts';
import type { VersionRules } from './rules/schema.ts';
import { VERSIONS } from './rules/versions.ts';
import { isObject } from './walk-document.ts';

const KNOWN = VERSIONS.map(({ major, minor }) => `${major}.${minor}`).join(', ');
const HOW = 'write it as {"major": 5, "minor": 3}';

/**
 * The version that a document's `version` names, or the fault in it. It is an object of `major` and `minor`, where a
 * missing minor means 0; the string "1", and no other string, is 1.1.
 */
export function readVersion(version: unknown): VersionRules | Fault {
  if (version === undefined) {
    return fault([], 'version', `The document has no "version": ${HOW}.`, undefined);
  }
  if (version === '1') return findVersion(1, 1) ?? unknownVersion(version, '1');
  if (!isObject(version)) {
    return fault(['version'], 'version', `${quoted(version)} names no version of KCIDB: ${HOW}.`, version);
  }
  for (const key of Object.keys(version)) {
    if (key === 'major' || key === 'minor') continue;
    const message = `A version consists of "major" and "minor", not of ${quoted(key)}: ${HOW}.`;
    return fault(['version', key], 'version', message, version[key]);
  }
  const { major, minor = 0 } = version;
  if (!isCount(major)) {
    return fault(
      ['version', 'major'],
      'version',
      `"major" must be a whole number, not ${quoted(major)}: ${HOW}.`,
      major,
    );
  }
  if (!isCount(minor)) {
    return fault(
      ['version', 'minor'],
      'version',
      `"minor" must be a whole number, not ${quoted(minor)}: ${HOW}.`,
      minor,
    );
  }
  return findVersion(major, minor) ?? unknownVersion(version, `${major}.${minor}`);
}

/** Whether {@link readVersion} found a fault. */
export function isFault(found: VersionRules | Fault): found is Fault {
  return 'rule' in found;
}

function findVersion(major: number, minor: number): VersionRules | undefined {
  return VERSIONS.find((version) => version.major === major && version.minor === minor);
}

function unknownVersion(version: unknown, name: string): Fault {
  return fault(['version'], 'version', `There is no version ${name} of KCIDB: the versions are ${KNOWN}.`, version);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
