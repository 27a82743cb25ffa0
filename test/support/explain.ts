import pg from 'pg';
import { type Sql, toStatement } from '../../adapters/postgres/read/sql.ts';

/** A node of PostgreSQL's plan, as EXPLAIN (ANALYZE, FORMAT JSON) gives it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

export type PlanKind = 'custom' | 'generic';

/** What running a statement took. */
export interface Run {
  /** Rows that were read from tables and indexes, those filtered out included. */
  readonly rowsRead: number;
  /** Milliseconds on the server. */
  readonly time: number;
}

/** The tables that a statement would read from end to end: planned for its values, or once for all values. */
export async function scannedTables(client: pg.Client, piece: Sql, kind: PlanKind): Promise<readonly string[]> {
  const { Plan } = await explain(client, piece, kind, 'FORMAT JSON');
  const scans = nodesOf(Plan).filter((node) => node['Node Type'] === 'Seq Scan');
  return scans.map((node) => node['Relation Name'] ?? '');
}

/** Runs a statement. */
export async function runExplained(client: pg.Client, piece: Sql, kind: PlanKind): Promise<Run> {
  const { Plan, 'Execution Time': time } = await explain(client, piece, kind, 'ANALYZE, FORMAT JSON');
  return { rowsRead: nodesOf(Plan).reduce((sum, node) => sum + rowsOf(node), 0), time: time ?? 0 };
}

interface Explained {
  readonly Plan: PlanNode;
  readonly 'Execution Time'?: number;
}

async function explain(client: pg.Client, piece: Sql, kind: PlanKind, options: string): Promise<Explained> {
  const { text, values } = toStatement(piece);
  await client.query(`BEGIN READ ONLY; SET LOCAL plan_cache_mode = force_${kind}_plan; PREPARE explained AS ${text}`);
  try {
    const parameters = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': readonly Explained[] }>(
      `EXPLAIN (${options}) EXECUTE explained${parameters}`,
    );
    const explained = rows[0]?.['QUERY PLAN'][0];
    if (explained === undefined) throw new Error('PostgreSQL explained nothing.');
    return explained;
  } finally {
    await client.query('ROLLBACK; DEALLOCATE ALL');
  }
}

function nodesOf(root: PlanNode): PlanNode[] {
  return [root, ...(root.Plans ?? []).flatMap(nodesOf)];
}

/** Rows are given per loop, rounded. */
function rowsOf(node: PlanNode): number {
  if (
    !node['Node Type'].includes('Scan') ||
    ['Function Scan', 'Subquery Scan', 'CTE Scan', 'WorkTable Scan'].includes(node['Node Type'])
  )
    return 0;
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return ((node['Actual Rows'] ?? 0) + removed) * (node['Actual Loops'] ?? 0);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map(arrayItem).join(',')}}`);
  if (typeof value === 'string') return pg.escapeLiteral(value);
  return value === null ? 'NULL' : String(value);
}

function arrayItem(value: unknown): string {
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : String(value);
}
