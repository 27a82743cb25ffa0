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
