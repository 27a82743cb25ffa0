/** A JSON Schema (draft-07). `rule` names the value rule or object that a part was made from; it judges nothing. */
export interface JsonSchema {
  readonly rule?: string;
  readonly type: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

const FIELD = /^([a-zA-Z]+)(\[\])?(\*)?$/;

/** The JSON Schema of one object of a version, such as `test`. */
export function jsonSchemaOf(rules: VersionRules, name: string): JsonSchema {
  const value = rules.values[name];
  return value === undefined ? objectSchema(rules, name) : valueSchema(name, value);
}

function valueSchema(name: string, { type, pattern, format, values, maxLength, minimum }: ValueRule): JsonSchema {
  return {
    rule: name,
    type,
    ...(pattern !== undefined && { pattern }),
    ...(format !== undefined && { format }),
    ...(values !== undefined && { enum: values }),
    ...(maxLength !== undefined && { maxLength }),
    ...(minimum !== undefined && { minimum }),
  };
}

function objectSchema(rules: VersionRules, name: string): JsonSchema {
  const fields = rules.objects[name];
  if (fields === undefined) throw new Error(`The rules of ${rules.major}.${rules.minor} define no "${name}".`);
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [field, spec] of Object.entries(fields)) {
    const [, ruleName, list, star] = FIELD.exec(spec) ?? [];
    if (ruleName === undefined) throw new Error(`"${spec}" of ${name}.${field} is no field rule.`);
    const schema = jsonSchemaOf(rules, ruleName);
    properties[field] = list === undefined ? schema : { rule: ruleName, type: 'array', items: schema };
    if (star !== undefined) required.push(field);
  }
  return { rule: name, type: 'object', properties, required, additionalProperties: false };
}

/** What one scalar, or one free-form object, must be. A field names a rule, and a fault gives that name. */
export interface ValueRule {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'object';
  /** Matched anywhere in the value, so it is anchored; read with the `u` flag. */
  readonly pattern?: string;
  readonly format?: 'date-time' | 'uri' | 'email';
  /** The allowed values, and no others. */
  readonly values?: readonly string[];
  /** In Unicode code points. */
  readonly maxLength?: number;
  readonly minimum?: number;
  /** Ends the sentence `"field" must be ...`. */
  readonly says: string;
}

/**
 * The fields of an object, each as `RULE`, with `[]` for a list of such values and `*` where the field is required:
 * `'id*'`, `'resource[]'`. RULE is a value rule or another object of the same version. No other field is allowed.
 */
export type FieldRules = Readonly<Record<string, string>>;

/** The rules of one version: its values, its objects by singular name, and which list holds which object. */
export interface VersionRules {
  readonly major: number;
  readonly minor: number;
  readonly values: Readonly<Record<string, ValueRule>>;
  readonly objects: Readonly<Record<string, FieldRules>>;
  readonly lists: Readonly<Record<string, string>>;
}

/** What a version changes in the one before it: what is named is added or replaced, `null` takes away. */
export interface VersionChange {
  readonly major: number;
  readonly minor: number;
  readonly values?: Readonly<Record<string, ValueRule | null>>;
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string | null>> | null>>;
  readonly lists?: Readonly<Record<string, string | null>>;
}
