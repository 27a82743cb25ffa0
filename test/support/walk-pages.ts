import type { Order } from '../../adapters/contract/adapter.ts';
import type { AnswerError, FederatedGateway } from './federated-gateway.ts';

export interface WalkOptions {
  readonly order: Order;
  readonly first: number;
  readonly filter?: object;
  /** Pages that are asked for after the last one, for sources that failed. */
  readonly patience?: number;
}

interface Page {
  readonly tests: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const QUERY = `query ($first: Int, $after: String, $filter: TestFilter, $order: TestOrder) {
  tests(first: $first, after: $after, filter: $filter, orderBy: $order) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Far more than any list of the tests needs: what walks on forever stands still. */
const MAX_PAGES = 400;

/** Reads the list of tests to its end, page by page. */
export async function walk(
  gateway: FederatedGateway,
  { order, first, filter, patience = 0 }: WalkOptions,
  between: () => void = () => undefined,
): Promise<{ readonly ids: readonly string[]; readonly errors: readonly AnswerError[] }> {
  const ids: string[] = [];
  const errors: AnswerError[] = [];
  let after: string | null = null;
  let left = patience;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const variables: Record<string, unknown> = { first, after, order, filter: filter ?? null };
    const answer = await gateway.ask<Page>(QUERY, variables);
    errors.push(...answer.errors);
    if (answer.data === null) throw new Error(answer.errors[0]?.message);
    const { nodes, pageInfo } = answer.data.tests;
    if (nodes.length > first) throw new Error(`A page of ${first} has ${nodes.length} objects.`);
    ids.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage && left-- <= 0) return { ids, errors };
    after = pageInfo.endCursor ?? after;
    between();
  }
  throw new Error(`The walk did not end within ${MAX_PAGES} pages.`);
}
