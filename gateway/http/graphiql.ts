import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { isNoneMatch } from './caching.ts';
import type { Exchange } from './exchange.ts';
import { acceptedEncoding, send } from './send.ts';

const TYPE = 'text/html; charset=utf-8';
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="28" height="28">' +
  '<g fill="none" stroke="#2a7f62" stroke-width="1.5"><path d="M3 8 12 3M3 8l9 5M3 8h9"/></g>' +
  '<g fill="#2a7f62"><circle cx="3" cy="8" r="2.2"/><circle cx="13" cy="3" r="2"/><circle cx="13" cy="8" r="2"/>' +
  '<circle cx="13" cy="13" r="2"/></g></svg>';

/**
 * GraphiQL leaves tabs with an offset from where they lay before they were laid out, and hides it until the tab has the
 * focus: at mouse-down the tab would jump away from under the pointer, and the click would be lost.
 */
const STYLE = '<style>.graphiql-tab { transform: none !important; }</style>';

interface Page {
  /** For the few clients that take nothing compressed: kept once, and not unpacked for each of them. */
  readonly identity: Buffer;
  readonly brotli: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
  readonly policy: string;
}

/** GraphiQL as one page that loads nothing else. It has some MB: made once, and sent as it is kept. */
export class GraphiqlPage {
  #tabs: readonly ExampleQuery[] | null;
  #page: Promise<Page> | null = null;

  /** @param tabs null: what kcigraph brings */
  constructor(tabs: readonly ExampleQuery[] | null) {
    this.#tabs = tabs;
  }

  /** Starts making it, so that the first visitor need not wait. */
  prepare(): Promise<Page> {
    this.#page ??= makePage(this.#tabs);
    return this.#page;
  }

  /** From the next visitor on; whoever is there keeps the tabs of their browser. */
  openWith(tabs: readonly ExampleQuery[] | null): void {
    if (JSON.stringify(tabs) === JSON.stringify(this.#tabs)) return;
    this.#tabs = tabs;
    this.#page = null;
  }

  readonly answer = async ({ request, response }: Pick<Exchange, 'request' | 'response'>): Promise<void> => {
    const page = await this.prepare();
    response.appendHeader('vary', 'Accept, Accept-Encoding');
    const headers = {
      etag: page.etag,
      'cache-control': 'no-cache',
      'content-security-policy': page.policy,
    };
    if (isNoneMatch(request.headers['if-none-match'], page.etag)) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
    const { best } = acceptedEncoding(request.headers['accept-encoding']);
    if (best === 'identity') send(response, 200, TYPE, page.identity, headers);
    else send(response, 200, TYPE, page[best === 'br' ? 'brotli' : 'gzip'], { ...headers, 'content-encoding': best });
  };
}

/** @param own an operator's; null: those that kcigraph brings */
async function makePage(own: readonly ExampleQuery[] | null): Promise<Page> {
  const tabs = own ?? exampleQueries(new Date());
  // Nine megabytes of source: only read where a page is made at all.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const offered = tabs.map(
    ({ query, variables }): OfferedTab => ({ query, variables: JSON.stringify(variables, null, 2) }),
  );
  // Ours have the day in their variables, which is no reason to offer them anew.
  const mark = sha256(JSON.stringify(own === null ? tabs.map(({ query }) => query) : offered), 'base64url');
  const rendered = renderGraphiQL({
    title: 'kcigraph',
    favicon: `data:image/svg+xml,${encodeURIComponent(MARK)}`,
    logo: MARK,
    endpoint: '/graphql',
    // For a browser that keeps nothing.
    defaultTabs: [{ query: '{ sources { name state detail } }' }],
    shouldPersistHeaders: false,
    credentials: 'same-origin',
  });
  const root = '<div id="root"></div>';
  const html = rendered
    .replace('</head>', () => `${STYLE}\n</head>`)
    .replace(root, () => `${root}\n${offeredTabsScript(offered, mark)}`);
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    promisify(gzip)(html),
  ]);
  return {
    identity: Buffer.from(html),
    brotli,
    gzip: gzipped,
    etag: `"${sha256(html, 'base64url')}"`,
    policy: contentSecurityPolicy(html),
  };
}

/** Only the page's own scripts run, and it speaks to nobody but this server. */
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, code]) => `'sha256-${sha256(code ?? '', 'base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sha256(text: string, encoding: 'base64' | 'base64url'): string {
  return createHash('sha256').update(text).digest(encoding);
}

/** One tab of GraphiQL. */
export interface ExampleQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const COMMIT = {
  query: `# A commit across everything: what all CI systems know of it. Without a filter, the newest one.
# Of one commit: { "filter": { "gitCommitHash": { "prefix": "5e1f0a7c2b9d" } } }
query Commit($filter: RevisionFilter) {
  revisions(first: 1, filter: $filter) {
    nodes {
      gitCommitHash
      gitCommitName
      sources
      statusCounts { status pass fail error miss done skip none total }
      checkouts { nodes { id treeName gitRepositoryBranch startTime } }
      builds(first: 50) {
        totalCount
        statusCounts { pass fail none }
        nodes { id status architecture configName compiler logUrl }
      }
      tests(first: 50, filter: { status: [FAIL, ERROR] }) {
        totalCount
        nodes { id path status environment { comment } logUrl build { architecture configName } }
        pageInfo { hasNextPage endCursor }
      }
      issues { nodes { id version reportSubject reportUrl } }
    }
  }
}
`,
  variables: { filter: null },
};

const FAILURES = {
  query: `# Failures of a tree this week, the newest first.
query FailuresOfTree($tree: String!, $since: DateTime!) {
  tests(
    first: 100
    filter: { treeName: [$tree], status: [FAIL], startTime: { from: $since } }
  ) {
    totalCount
    nodes {
      id
      path
      startTime
      environment { comment misc }
      build { configName architecture checkout { gitCommitHash gitCommitName } }
      incidents(first: 5) { nodes { present issue { reportSubject reportUrl } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { tree: 'mainline', since: '' },
};

const HISTORY = {
  query: `# One test's history on one board.
query HistoryOfTest($path: String!, $platform: String!, $after: String) {
  tests(
    first: 50
    after: $after
    filter: { path: { under: $path }, platform: [$platform] }
  ) {
    nodes {
      path
      status
      startTime
      duration
      number { value unit }
      logUrl
      build { configName checkout { treeName gitCommitName gitCommitHash } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { path: 'boot', platform: 'bcm2711-rpi-4-b', after: null },
};

const ISSUES = {
  query: `# Issues with the builds and tests in which they were seen.
query Issues($first: Int = 20) {
  issues(first: $first) {
    nodes {
      id
      version
      origin
      reportSubject
      reportUrl
      culprit { code tool harness }
      incidents(first: 10, filter: { present: [true] }) {
        totalCount
        nodes {
          build { id architecture configName }
          test { id path status environment { comment } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { first: 20 },
};

/** What GraphiQL opens with. Times are filled in when the page is made. */
export function exampleQueries(now: Date): readonly ExampleQuery[] {
  const since = new Date(now.getTime() - 7 * 86_400_000);
  since.setUTCHours(0, 0, 0, 0);
  return [COMMIT, { ...FAILURES, variables: { ...FAILURES.variables, since: since.toISOString() } }, HISTORY, ISSUES];
}

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
