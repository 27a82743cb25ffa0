import type { Fault } from '../../adapter.ts';

/** How many faults of a document are told. */
export const MAX_FAULTS = 100;

/** A place below the top of a document: its parent's place and its key or index there. */
export type Place = readonly (string | number)[];

const SHOWN_LENGTH = 100;
const MAX_PATH = 2000;

/**
 * A fault, its value made fit to be shown, logged and stored. Rules: `type`, `required`, `additionalProperties`, `enum`,
 * `minimum`, `maxLength`, `pattern:NAME`, `format:NAME`, `version`, `storable`, `upgrade`.
 */
export function fault(place: Place, rule: string, message: string, value: unknown): Fault {
  return { path: pointer(place), rule, message, value: shown(value) };
}

/** The JSON Pointer of a place; long keys, and what is nested deeper than anyone reads, are cut short. */
function pointer(place: Place): string {
  let path = '';
  for (const part of place)
    path += `/${printable(cut(String(part)))
      .replaceAll('~', '~0')
      .replaceAll('/', '~1')}`;
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}

/** A value in a sentence: strings in quotes, everything else by what it is. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return `"${printable(cut(value))}"`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function shown(value: unknown): Fault['value'] {
  if (typeof value === 'string') return printable(cut(value));
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null;
  // JSON has no word for what overflowed, and would say null.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return Array.isArray(value) ? `[list of ${value.length}]` : '{object}';
}

function cut(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Control characters and lone surrogates as escapes: no terminal, log or database takes them as they are. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
