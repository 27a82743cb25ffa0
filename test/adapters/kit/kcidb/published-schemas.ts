import { Ajv, type ValidateFunction } from 'ajv';
import { FORMATS } from '../../../../adapters/kit/kcidb/formats.ts';
import { isObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { publishedSchema } from './shared-data.ts';

const VERSIONS = ['1.1', '2.0', '3.0', '4.0', '4.1', '4.2', '4.3', '4.4', '4.5', '5.0', '5.1', '5.2', '5.3'];

// The published patterns are Python's, whose dot leaves out a line feed only.
const pythonDot = Object.assign(
  (pattern: string, flags: string) => new RegExp(pattern.replaceAll('.*', '[^\\n]*'), flags),
  {
    code: 'new RegExp',
  },
);
const ajv = new Ajv({ strict: false, formats: FORMATS, code: { regExp: pythonDot } });
const validators = new Map<string, ValidateFunction>();

/** The verdict of the published JSON Schema of the version that a document names. */
export function isValidByPublishedSchema(document: unknown): boolean {
  const version = isObject(document) ? namedVersion(document.version) : null;
  if (version === null) return false;
  let validator = validators.get(version);
  if (validator === undefined) {
    validator = ajv.compile(publishedSchema(version));
    validators.set(version, validator);
  }
  return validator(document) === true;
}

function namedVersion(version: unknown): string | null {
  const name = version === '1' ? '1.1' : isObject(version) ? `${version.major}.${version.minor ?? 0}` : '';
  return VERSIONS.includes(name) ? name : null;
}
