import type { Adapter, Call } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Selection } from '../../federation/field-set.ts';
import type { Source } from '../../federation/registry.ts';
import type { RequestContext } from '../../federation/request.ts';

/** A source in the shape of the schema. */
export interface ShownSource {
  readonly name: string;
  readonly adapter: string;
  readonly state: string;
  readonly since: string;
  readonly latency: number | null;
  readonly detail: string | null;
  readonly capabilities: unknown;
}

const NO_FIELDS: ReadonlySet<string> = new Set();
/** What tells of the present, for which the source is asked how it is. */
const OF_NOW = ['state', 'since', 'latency', 'detail'];

export async function showSource(source: Source, context: RequestContext, selection: Selection): Promise<ShownSource> {
  const isAsked = OF_NOW.some((field) => selection.fields.has(field));
  const detail = isAsked ? await healthOf(source, context) : null;
  const { name, since, latency } = source.state;
  return {
    name: source.name,
    adapter: source.adapterName,
    state: name,
    since,
    latency,
    detail: detail ?? source.state.detail,
    capabilities: capabilitiesOf(source.adapter),
  };
}

async function healthOf(source: Source, { signal, deadline, log }: RequestContext): Promise<string | null> {
  // How a source is, is the answer here, and not an error of it.
  const call: Call = { signal, deadline, log, fields: NO_FIELDS, warn: () => undefined };
  try {
    return (await source.adapter.health(call)).detail ?? null;
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

/** The tables of an adapter as plain data. */
function capabilitiesOf({ entities, relations }: Adapter): object {
  return { entities: withoutFunctions(entities), relations: withoutFunctions(relations) };
}

function withoutFunctions(value: object): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
      if (one === undefined || typeof one === 'function') return [];
      if (typeof one !== 'object' || one === null || Array.isArray(one)) return [[name, one]];
      return [[name, withoutFunctions(one)]];
    }),
  );
}
