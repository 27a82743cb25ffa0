import { createHash } from 'node:crypto';
import { jsonPieces } from './json-pieces.ts';

interface Told {
  readonly code?: unknown;
  readonly source?: unknown;
}

export interface TaggedAnswer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions?: Told }[];
  readonly extensions?: { readonly [name: string]: unknown };
}

/**
 * The tag of an answer: of its data, and of which source failed where, by what code. How long a source took, how often
 * it was asked and how a failure was worded make no other answer, which is why the tag is a weak one.
 */
export async function entityTagOf(
  { data, errors = [], extensions }: TaggedAnswer,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha1');
  for await (const piece of jsonPieces(data, signal)) hash.update(piece);
  const told = errors.map(({ path = [], extensions: { code, source } = {} }) => {
    // Of a source that failed at many items, chance decides which was the first.
    const place = source === undefined ? path : path.filter((key) => typeof key === 'string');
    return JSON.stringify([place, code, source]);
  });
  const warned = warningsOf(extensions).map((warning) => JSON.stringify(codeOf(warning)));
  // Which source answers first must make no difference.
  hash.update(JSON.stringify([told.sort(), warned.sort()]));
  return `W/"${hash.digest('base64url')}"`;
}

/** Whether `If-None-Match` names a tag. */
export function isNoneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((one) => opaque(one) === opaque(tag));
}

export function warningsOf(extensions: TaggedAnswer['extensions']): readonly unknown[] {
  return Array.isArray(extensions?.warnings) ? extensions.warnings : [];
}

function codeOf(warning: unknown): unknown {
  if (typeof warning !== 'object' || warning === null || !('extensions' in warning)) return null;
  const { path = [], extensions } = { path: [], ...warning };
  if (typeof extensions !== 'object' || extensions === null) return null;
  const { code, source }: Told = extensions;
  return [path, code, source];
}
