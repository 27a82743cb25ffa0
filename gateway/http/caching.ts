import { createHash } from 'node:crypto';
import { type DocumentNode, visit } from 'graphql';
import type { Registry, Source } from '../federation/registry.ts';
import type { Answer } from '../graphql/apollo-server.ts';
import { jsonPieces } from './json-pieces.ts';

/** Nobody keeps it. */
export const NO_STORE = 'no-store';
/** Whoever keeps it asks, by its tag, before showing it again. */
const NO_CACHE = 'no-cache';

/**
 * How long an answer may be shown again: as long as each of the sources that were asked says of its own answers, and
 * its `cacheTtl` allows, from when they were read: the `Age` header counts. One that a source is missing from, or that
 * is told to be old, is not kept at all.
 * @param isPersonal the request brought credentials: only its own client may keep the answer
 */
export function cacheControlOf({ document, result }: Answer, registry: Registry, isPersonal: boolean): string {
  if ((result.errors ?? []).length > 0 || warningsOf(result.extensions).length > 0) return NO_STORE;
  if (document === undefined || asksHowSourcesAre(document)) return NO_CACHE;
  const seconds = Math.floor(freshnessOf(askedSources(result.extensions, registry)) / 1000);
  if (seconds <= 0) return NO_CACHE;
  return `${isPersonal ? 'private' : 'public'}, max-age=${seconds}`;
}

function askedSources(extensions: Readonly<Record<string, unknown>> | undefined, registry: Registry): Source[] {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return [];
  const asked = Object.entries(sources).filter(([, usage]) => !('skipped' in usage));
  return asked.flatMap(([name]) => registry.get(name) ?? []);
}

/** Milliseconds; 0 where nobody vouches for any. */
function freshnessOf(sources: readonly Source[]): number {
  const freshness = sources.flatMap(({ adapter, cacheTtl }) =>
    Object.values(adapter.entities).flatMap((entity) =>
      entity === undefined ? [] : [Math.min(entity.freshnessMs, cacheTtl ?? entity.freshnessMs)],
    ),
  );
  return freshness.length === 0 ? 0 : Math.min(...freshness);
}

// Kept with the document, since its store hands over nothing but the document, and drops both together.
const known = new WeakMap<DocumentNode, boolean>();

/** `sources { state }` is of this very moment. An object's own `sources` are names, and have no fields. */
function asksHowSourcesAre(document: DocumentNode): boolean {
  let asks = known.get(document);
  if (asks === undefined) {
    asks = false;
    visit(document, {
      Field({ name, selectionSet }) {
        if (selectionSet !== undefined && (name.value === 'sources' || name.value === 'source')) asks = true;
      },
    });
    known.set(document, asks);
  }
  return asks;
}

/**
 * How old a kept answer may be for the client of a request, by its `Cache-Control`, in milliseconds; null where it does
 * not say. A `max-age` that is not a number counts as `no-cache`, as HTTP has it of what cannot be read.
 */
export function maxAgeOf(header: string | undefined): number | null {
  const ages = (header ?? '').split(',').flatMap((directive) => {
    const [name = '', value = ''] = directive.split('=', 2).map((part) => part.trim().toLowerCase());
    if (name === 'no-cache' || name === 'no-store') return [0];
    if (name !== 'max-age') return [];
    const [, seconds] = /^"?(\d{1,10})"?$/.exec(value) ?? [];
    return [seconds === undefined ? 0 : Number(seconds) * 1000];
  });
  return ages.length === 0 ? null : Math.min(...ages);
}

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
