import { setTimeout as delay } from 'node:timers/promises';
import type { Commit } from './story/timeline.ts';

/** Indices fill in seconds here; a source that takes longer is shown as it is. */
const WAIT_MS = 20_000;
const QUERY =
  'query ($commit: String!, $sources: [String!]) { revision(gitCommitHash: $commit, sources: $sources) { sources } }';

/** Waits until each of these sources knows the commit, of which all have something to say. */
export async function untilAllKnow(
  url: string,
  { hash }: Commit,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + WAIT_MS;
  const body = JSON.stringify({ query: QUERY, variables: { commit: hash, sources } });
  while (sources.length > 0 && Date.now() < end) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
    const known: unknown = JSON.parse(await answer.text());
    if (countSources(known) === sources.length) return;
    await delay(100, undefined, { signal });
  }
}

function countSources(answer: unknown): number {
  let at: unknown = answer;
  for (const key of ['data', 'revision', 'sources']) {
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  }
  return Array.isArray(at) ? at.length : 0;
}
