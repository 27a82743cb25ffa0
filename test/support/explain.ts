import pg from 'pg';
import { type Sql, toStatement } from '../../adapters/postgres/sql.ts';

/** A node of PostgreSQL's plan, as EXPLAIN (ANALYZE, FORMAT JSON) gives it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface Plan {
  /** Tables that were read from end to end. */
  readonly scanned: readonly string[];
  /** Rows that were read from tables and indexes, those filtered out included. */
  readonly rowsRead: number;
  /** Milliseconds on the server. */
  readonly time: number;
}

/** Runs a statement and gives its plan: for its values, or the one plan that a prepared statement keeps for all values. */
export async function explain(client: pg.Client, piece: Sql, kind: 'custom' | 'generic'): Promise<Plan> {
  const { text, values } = toStatement(piece);
  await client.query('BEGIN READ ONLY');
  try {
    await client.query(`SET LOCAL plan_cache_mode = force_${kind}_plan`);
    await client.query(`PREPARE explained AS ${text}`);
    const parameters = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${parameters}`,
    );
    const explained = rows[0]?.['QUERY PLAN'][0];
    if (explained === undefined) throw new Error('PostgreSQL explained nothing.');
    const nodes = nodesOf(explained.Plan);
    return {
      scanned: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
      rowsRead: nodes.reduce((sum, node) => sum + rowsOf(node), 0),
      time: explained['Execution Time'],
    };
  } finally {
    await client.query('ROLLBACK');
    await client.query('DEALLOCATE ALL');
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
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? `'{}'` : `ARRAY[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return pg.escapeLiteral(value);
  return value === null ? 'NULL' : String(value);
}
