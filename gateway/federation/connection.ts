import type { StatusSummary } from './verdict.ts';

/** What is selected of a connection decides what is asked of the sources. */
export interface Connection<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
  /** Of builds and tests. */
  readonly statusCounts?: StatusSummary | null;
}

export const NO_PAGE_INFO = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } as const;
