import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'graphql';
import type { ExampleQuery } from '../http/graphiql.ts';
import type { Explained, Path } from './config-error.ts';

const KEY: Path = ['graphiql', 'queries'];
const SUFFIX = '.graphql';

export interface TabsReading {
  /** Null: those that kcigraph brings. */
  readonly tabs: readonly ExampleQuery[] | null;
  readonly faults: readonly Explained[];
}

/** Reads a folder of queries, `NAME.graphql` each, with variables in `NAME.json` beside where it has some; by name. */
export async function readTabs(given: string | undefined, folder: string): Promise<TabsReading> {
  if (given === undefined) return { tabs: null, faults: [] };
  const path = resolve(folder, given);
  const entries = await readdir(path).catch(() => null);
  const names = (entries ?? []).filter((name) => name.endsWith(SUFFIX)).sort();
  if (names.length === 0) {
    const found = entries === null ? 'cannot be read' : `holds no file NAME${SUFFIX}`;
    return { tabs: null, faults: [{ path: KEY, message: `The folder "${given}" ${found}.` }] };
  }
  const faults: Explained[] = [];
  const tabs: ExampleQuery[] = [];
  for (const name of names) {
    try {
      tabs.push(await readTab(join(path, name.slice(0, -SUFFIX.length))));
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      faults.push({ path: KEY, message: `The query "${name}" cannot be used: ${said.slice(0, 200)}` });
    }
  }
  return { tabs, faults };
}

async function readTab(path: string): Promise<ExampleQuery> {
  const query = await readFile(`${path}${SUFFIX}`, 'utf8');
  parse(query);
  const text = await readFile(`${path}.json`, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  const variables: unknown = JSON.parse(text);
  if (!isMapping(variables)) throw new TypeError('its variables are not a JSON object.');
  return { query, variables };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
