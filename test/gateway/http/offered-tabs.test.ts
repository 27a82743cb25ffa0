import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleQuery, GraphiqlPage } from '../../../gateway/http/graphiql.ts';
import { type Browser, hasChromium, startChromium } from '../../support/chromium.ts';

const FIRST: readonly ExampleQuery[] = [
  {
    query: 'query One($hash: String!) { revision(gitCommitHash: $hash) { sources } }',
    variables: { hash: 'a</script>b' },
  },
  { query: 'query Two { sources { name } }', variables: {} },
];
const SECOND: readonly ExampleQuery[] = [
  { query: 'query Three { sources { state } }', variables: { tree: 'mainline' } },
];

describe.runIf(hasChromium('which tabs GraphiQL opens with'))('a browser that comes again', () => {
  const graphiql = new GraphiqlPage(FIRST);
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void graphiql.answer({ request, response });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    browser = await startChromium();
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    server?.close();
    server?.closeAllConnections();
  });

  async function visit(): Promise<readonly string[]> {
    const address = server.address();
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
    await page.waitForSelector('.graphiql-execute-button', { timeout: 30_000 });
    return (await page.locator('[role="tab"]').allInnerTexts()).map((tab) => tab.trim());
  }

  async function write(query: string): Promise<void> {
    await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(query);
    // GraphiQL keeps what was written after a moment's rest.
    await page.waitForTimeout(1500);
  }

  const shown = () => page.locator('.graphiql-editors').textContent();

  it('finds the variables of the first tab beside its query', async () => {
    expect(await visit()).toEqual(['One', 'Two']);
    expect(((await shown()) ?? '').replaceAll(/\s/g, '')).toContain('"hash":"a</script>b"');
  });

  it('finds what it has written, while the same tabs are offered', async () => {
    await write('query Mine { __typename }');
    expect(await visit()).toEqual(['Mine', 'Two']);
  });

  it('finds other tabs that are offered since, and behind them what it has written', async () => {
    graphiql.openWith(SECOND);
    await page.goto('about:blank');
    expect(await visit()).toEqual(['Three', 'Mine']);
    expect(((await shown()) ?? '').replaceAll(/\s/g, '')).toContain('"tree":"mainline"');
  });
});
