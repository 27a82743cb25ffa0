import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '../../../../adapters/contract/adapter.ts';
import type { KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { upgrade, validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { judgeByReference } from '../../../support/kcidb-io/reference.ts';
import { FULL_DOCUMENTS } from './full-documents.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { isValidByPublishedSchema } from './published-schemas.ts';

/** What the comparison came to: how many mutants were judged alike, and a line for each that was not. */
export interface Agreement {
  judged: number;
  accepted: number;
  deviations: number;
  readonly disagreements: string[];
}

/** Compares verdicts and upgraded documents with the reference implementation's. */
export async function agreementWithReference(mutants: readonly Mutant[]): Promise<Agreement> {
  const agreement: Agreement = { judged: 0, accepted: 0, deviations: 0, disagreements: [] };
  const texts = mutants.map(({ document }) => JSON.stringify(document));
  for await (const { valid, upgraded, sound, reason } of judgeByReference(texts)) {
    const text = texts[agreement.judged] ?? '';
    const what = mutants[agreement.judged++]?.what;
    const ours = outcome(JSON.parse(text));
    const theirs = valid ? (upgraded ?? null) : null;
    if (ours.document !== null) agreement.accepted += 1;
    if (ours.document !== null && theirs === null) agreement.disagreements.push(`${what}: accepted, but ${reason}`);
    else if (ours.document === null && theirs !== null) {
      if (sound === false || isListedDeviation(text)) agreement.deviations += 1;
      else agreement.disagreements.push(`${what}: refused with ${JSON.stringify(ours.faults.slice(0, 2))}`);
    } else if (ours.document !== null && !isDeepStrictEqual(JSON.parse(JSON.stringify(ours.document)), theirs)) {
      agreement.disagreements.push(`${what}: upgraded otherwise`);
    }
  }
  if (agreement.judged !== mutants.length) agreement.disagreements.push('the reference did not answer them all');
  return agreement;
}

/** Compares verdicts with those of the published JSON Schemas, which know nothing of upgrades. */
export function agreementWithSchemas(mutants: readonly Mutant[]): Agreement {
  const agreement: Agreement = { judged: 0, accepted: 0, deviations: 0, disagreements: [] };
  for (const { what, document } of mutants) {
    const text = JSON.stringify(document);
    const ours = validate(JSON.parse(text)).valid;
    const theirs = isValidByPublishedSchema(JSON.parse(text));
    agreement.judged += 1;
    if (ours) agreement.accepted += 1;
    if (ours === theirs) continue;
    if (!ours && isListedDeviation(text)) agreement.deviations += 1;
    else agreement.disagreements.push(`${what}: ${ours ? 'accepted' : 'refused'}`);
  }
  return agreement;
}

/** Full documents of every version, and all that comes of changing one thing in them. */
export function* allMutants(): Generator<Mutant> {
  const keys = keysOfAllVersions();
  for (const [version, document] of Object.entries(FULL_DOCUMENTS)) {
    yield { what: `${version} whole`, document };
    for (const mutant of mutantsOf(document, keys))
      yield { what: `${version} ${mutant.what}`, document: mutant.document };
  }
}

/** Every key that any version has anywhere, with a value that suits it. */
export function keysOfAllVersions(): Record<string, unknown> {
  const keys: Record<string, unknown> = {};
  let level: unknown[] = Object.values(FULL_DOCUMENTS);
  while (level.length > 0) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value)) for (const [key, child] of Object.entries(value)) keys[key] ??= child;
      next.push(...Object.values(value));
    }
    level = next;
  }
  return keys;
}

function outcome(document: unknown): { document: KcidbObject | null; faults: readonly Fault[] } {
  const verdict = validate(document);
  if (!verdict.valid) return { document: null, faults: verdict.faults };
  const upgraded = upgrade(verdict.document, verdict.rules);
  return upgraded.valid ? { document: upgraded.document, faults: [] } : { document: null, faults: upgraded.faults };
}

/**
 * Whether a document may be refused here though the reference takes it. Judged by the text alone: JSON.stringify escapes
 * a NUL and lone surrogates, and nothing else that way.
 */
function isListedDeviation(text: string): boolean {
  if (/\\u(?:0000|d[89a-f])/.test(text)) return true;
  const versions = [...text.matchAll(/"(?:issue_)?version":(\d[\d.e+]*)/g)];
  if (versions.some(([, digits]) => Number(digits) > Number.MAX_SAFE_INTEGER)) return true;
  for (const [, field = '', value = ''] of text.matchAll(/"(id|[a-z_]+_id|origin|build_origin)":"([^"]*)"/g)) {
    if (Buffer.byteLength(value) > (field === 'origin' ? 255 : 1000) && field !== 'message_id') return true;
  }
  if (/"(?:0001-01-01T00:00:00\+|9999-12-31T23:59:59-)/.test(text)) return true;
  // A single final newline is what Python's "$" overlooks: without it the document is the same to both.
  const stripped = text.replaceAll('\\n"', '"');
  return stripped !== text && outcome(JSON.parse(stripped)).document !== null;
}
