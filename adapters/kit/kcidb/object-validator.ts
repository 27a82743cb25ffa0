import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { FORMATS, isUnstorableTime } from './formats.ts';
import { jsonSchemaOf } from './rules/json-schema.ts';
import type { VersionRules } from './rules/rule-types.ts';

const SETTINGS = { strict: true, unicodeRegExp: true, addUsedSchema: false } as const;
const quick = prepared(new Ajv(SETTINGS));
const thorough = prepared(new Ajv({ ...SETTINGS, allErrors: true, verbose: true }));
const firstOnly = prepared(new Ajv({ ...SETTINGS, verbose: true }));

/** Above so many members, only the first error of an object is told: each error takes memory, and members are cheap to send. */
const MAX_MEMBERS = 1000;

/** Judges one kind of object by the rules of one version; compiled when first needed. */
export class ObjectValidator {
  readonly #rules: VersionRules;
  readonly #name: string;
  #judge: ValidateFunction | undefined;
  #tellAll: ValidateFunction | undefined;
  #tellFirst: ValidateFunction | undefined;

  /** @param name the object's singular name, such as `test` */
  constructor(rules: VersionRules, name: string) {
    this.#rules = rules;
    this.#name = name;
  }

  isValid(object: unknown): boolean {
    this.#judge ??= this.#compile(quick);
    return this.#judge(object) === true;
  }

  /** All errors of an object that is not valid. */
  errors(object: unknown): readonly ErrorObject[] {
    const judge = hasManyMembers(object) ? this.#tellingFirst() : this.#tellingAll();
    judge(object);
    return judge.errors ?? [];
  }

  #tellingAll(): ValidateFunction {
    this.#tellAll ??= this.#compile(thorough);
    return this.#tellAll;
  }

  #tellingFirst(): ValidateFunction {
    this.#tellFirst ??= this.#compile(firstOnly);
    return this.#tellFirst;
  }

  #compile(ajv: Ajv): ValidateFunction {
    return ajv.compile(jsonSchemaOf(this.#rules, this.#name));
  }
}

function prepared(ajv: Ajv): Ajv {
  ajv.addKeyword('rule');
  for (const [name, validate] of Object.entries(FORMATS)) ajv.addFormat(name, validate);
  // Told as unstorable rather than as malformed, but found where times are judged anyway.
  ajv.addFormat('date-time', (text: string) => FORMATS['date-time'](text) && !isUnstorableTime(text));
  return ajv;
}

/** Counts as deep as rules reach: a field, a list in it, an object in that. */
function hasManyMembers(object: unknown): boolean {
  let members = 0;
  let level: unknown[] = [object];
  for (let depth = 0; depth < 4 && members <= MAX_MEMBERS; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const children: unknown[] = Object.values(value);
      members += children.length;
      if (members > MAX_MEMBERS) return true;
      next.push(...children);
    }
    level = next;
  }
  return members > MAX_MEMBERS;
}
