import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { acceptedEncoding } from './content-encoding.ts';
import { isNoneMatch } from './entity-tag.ts';
import { type ExampleQuery, exampleQueries } from './example-queries.ts';
import type { Exchange } from './exchange.ts';
import { type OfferedTab, offeredTabsScript } from './offered-tabs.ts';
import { send } from './send.ts';

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
