import { createHash } from 'node:crypto';

/** A tab that GraphiQL opens with. */
export interface OfferedTab {
  readonly query: string;
  /** As JSON. */
  readonly variables: string;
}

/**
 * The script that runs before GraphiQL. Left alone, GraphiQL forgets the variables of the first tab at a first visit, and shows
 * the tabs of that visit for ever. Where others are offered than at the visit before, these come first, and behind them
 * what the visitor has written; what was only offered goes.
 *
 * @param mark changes when the tabs are to be offered anew
 */
export function offeredTabsScript(tabs: readonly OfferedTab[], mark: string): string {
  const made = tabs.map(({ query, variables }, place) => {
    const name = /^\s*(?:query|mutation)\s+(\w+)/m.exec(query)?.[1] ?? null;
    const id = createHash('sha256').update(`${mark} ${place}`).digest('hex').slice(0, 32);
    return { id, title: name ?? '<untitled>', query, variables, headers: null, operationName: name, response: null };
  });
  const offered = JSON.stringify({ mark, tabs: made }).replaceAll('<', '\\u003c');
  return `<script>(${takeOver.toString()})(${offered}, window.localStorage)</script>`;
}

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** Runs in the browser: it knows nothing but its arguments. */
function takeOver(offered: { readonly mark: string; readonly tabs: readonly OfferedTab[] }, storage: Storage): void {
  try {
    const queries = offered.tabs.map(({ query }) => query);
    const last = JSON.parse(storage.getItem('kcigraph:offered') ?? '{"queries":[]}');
    if (last.mark === offered.mark) return;
    const kept = JSON.parse(storage.getItem('graphiql:tabState') ?? '{"tabs":[]}');
    const known = [...last.queries, ...queries];
    const own = kept.tabs.filter(({ query }: { query: unknown }) => query && !known.includes(query));
    storage.setItem('graphiql:tabState', JSON.stringify({ activeTabIndex: 0, tabs: [...offered.tabs, ...own] }));
    storage.setItem('graphiql:query', offered.tabs[0]?.query ?? '');
    storage.setItem('graphiql:variables', offered.tabs[0]?.variables ?? '');
    storage.setItem('kcigraph:offered', JSON.stringify({ mark: offered.mark, queries }));
  } catch {
    // What a browser keeps is its own affair: GraphiQL begins with what it finds.
  }
}
