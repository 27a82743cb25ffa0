import fc from 'fast-check';
import { VERSIONS } from '../../../../adapters/kit/kcidb/rules/versions.ts';
import { isObject, type KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { FULL_DOCUMENTS } from './full-documents.ts';

const FREE_TEXT = new Set([
  'comment',
  'description',
  'command',
  'compiler',
  'tree_name',
  'config_name',
  'report_subject',
  'git_commit_message',
]);

/** Valid documents of any version: any choice of fields that may be missing, any text where text is free, any misc. */
export const arbitraryDocument: fc.Arbitrary<KcidbObject> = fc.constantFrom(...VERSIONS).chain((version) => {
  const full = FULL_DOCUMENTS[`${version.major}.${version.minor}`] ?? {};
  const lists = Object.entries(version.lists).map(([list, name]) => {
    const objects: unknown = full[list];
    const example: unknown = Array.isArray(objects) ? objects[0] : undefined;
    if (!isObject(example)) throw new Error(`There is no example of ${list}.`);
    return [list, fc.array(arbitraryObject(example, version.objects[name] ?? {}), { maxLength: 4 })] as const;
  });
  return fc
    .record(Object.fromEntries(lists), { requiredKeys: [] })
    .map((chosen) => ({ ...chosen, version: full.version }));
});

function arbitraryObject(example: KcidbObject, rules: Readonly<Record<string, string>>): fc.Arbitrary<KcidbObject> {
  const fields = Object.entries(example).map(([field, value]) => [field, arbitraryValue(field, value)] as const);
  const requiredKeys = Object.keys(example).filter((field) => rules[field]?.endsWith('*'));
  return fc.record(Object.fromEntries(fields), { requiredKeys });
}

function arbitraryValue(field: string, value: unknown): fc.Arbitrary<unknown> {
  const text = fc.string({ unit: 'grapheme' }).map((drawn) => drawn.replaceAll('\0', ''));
  if (FREE_TEXT.has(field)) return text;
  if (field === 'misc') return fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }).map(withoutNul));
  if (/^(?:origin_id|id|test_id)$/.test(field) && /^(?:acme:)?[a-z]\d$/.test(String(value))) {
    return fc.integer({ min: 0, max: 20 }).map((number) => `${String(value)}.${number}`);
  }
  if (typeof value === 'boolean') return fc.boolean();
  if (field === 'duration') return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
  return fc.constant(value);
}

/** `jsonValue` may draw NULs, and -0, which no JSON text brings back. */
function withoutNul(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('\\u0000', ''));
}
