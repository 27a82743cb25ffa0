import type { Kind } from './graphql-fields.ts';

export type KcidbObject = { readonly [field: string]: unknown };
export type KcidbDocument = { readonly [list: string]: readonly KcidbObject[] };

const LIST_OF: Record<Kind, string> = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
};

/** What a store must hold after these documents: by key, of each field the first value that was sent, `misc` key by key. */
export function expectedObjects(kind: Kind, documents: readonly KcidbDocument[]): Map<string, KcidbObject> {
  const objects = new Map<string, Record<string, unknown>>();
  for (const document of documents) {
    for (const sent of document[LIST_OF[kind]] ?? []) {
      const key = kind === 'issue' ? `${sent.version}@${sent.id}` : String(sent.id);
      const known = objects.get(key);
      if (known === undefined) objects.set(key, { ...sent });
      else if (known.origin === sent.origin) fill(known, sent);
    }
  }
  return objects;
}

function fill(known: Record<string, unknown>, sent: KcidbObject): void {
  for (const [field, value] of Object.entries(sent)) {
    const present = known[field];
    if (field === 'misc' && isObject(present) && isObject(value)) known[field] = { ...value, ...present };
    else if (present === undefined || (Array.isArray(present) && present.length === 0)) known[field] = value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object as the graph gives it, in KCIDB's form: snake case, no nulls, times as instants in microseconds. */
export function asKcidb(node: unknown): KcidbObject {
  const {
    timestamp: _timestamp,
    sources: _sources,
    nodeId: _nodeId,
    verdict: _verdict,
    conflicts: _conflicts,
    ...rest
  } = node as Record<string, unknown>;
  return snakeCase(rest);
}

const FREE_FORM = new Set(['misc']);

function snakeCase(object: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    if (value === null) continue;
    const field = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    out[field] = isObject(value) && !FREE_FORM.has(name) ? snakeCase(value) : value;
  }
  return out;
}

const TIME_FIELDS = new Set(['start_time', 'origin_builds_finish_time', 'origin_tests_finish_time']);

/** Times of a KCIDB object as the graph writes them, so that equal instants are equal text. */
export function withInstants(object: KcidbObject): KcidbObject {
  const entries = Object.entries(object).filter(([field]) => !field.startsWith('_'));
  return Object.fromEntries(
    entries.map(([field, value]) => [field, TIME_FIELDS.has(field) ? instant(String(value)) : value]),
  );
}

/** Independent of the code under test: the digits below the millisecond are carried beside the Date. */
function instant(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = new Date(text.replace(/\.\d+/, '')).toISOString().slice(0, 19);
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}
