import type { Document } from 'bson';
import type { Read } from './index-plan.ts';
import type { SentCommand } from './wire-proxy.ts';

/** Commands that read documents. */
export const READS: ReadonlySet<string> = new Set(['find', 'aggregate', 'count', 'distinct']);

/** What of a command its plan depends on. */
export function readOf({ name, body }: SentCommand): Read {
  if (name === 'aggregate') {
    const [match] = body.pipeline;
    return { filter: match?.$match ?? {}, sort: [], limit: null, hint: fieldsOf(body.hint) };
  }
  return {
    filter: body.filter ?? body.query ?? {},
    sort: Object.entries(body.sort ?? {}).map(([field, direction]) => [field, Number(direction)] as const),
    limit: body.limit === undefined ? null : Number(body.limit),
    hint: fieldsOf(body.hint),
  };
}

/** The same as a command to explain: what the driver added to it is left out. */
export function explainable({ body }: SentCommand): Document {
  const {
    lsid: _session,
    $db: _db,
    $clusterTime: _time,
    $readPreference: _preference,
    maxTimeMS: _max,
    ...command
  } = body;
  return command;
}

function fieldsOf(hint: unknown): readonly string[] | null {
  return typeof hint === 'object' && hint !== null ? Object.keys(hint) : null;
}
