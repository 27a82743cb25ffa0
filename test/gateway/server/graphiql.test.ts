import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './start-server.ts';

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const SKIPPED = CHROMIUM === undefined && process.env.CI === undefined;
if (SKIPPED) console.log('No Chromium here (CHROMIUM or /usr/bin/chromium): GraphiQL is not tested.');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(SKIPPED)('GraphiQL in Chromium', () => {
  let server: TestServer;
  let profile: string;
  let browser: BrowserContext;
  let page: Page;
  const outside: string[] = [];
  const pageErrors: string[] = [];

  beforeAll(async () => {
    if (CHROMIUM === undefined) throw new Error('CI needs a Chromium: install it, or name it as CHROMIUM.');
    server = await startServer();
    profile = await mkdtemp(join(tmpdir(), 'kcigraph-chromium-'));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: FLAGS,
      viewport: { width: 1400, height: 900 },
    });
    page = await browser.newPage();
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) outside.push(url);
    });
    page.on('pageerror', (error) => pageErrors.push(error.message));
    page.on('console', (message) => {
      // A refused query is a 400, which Chromium calls an error too.
      if (message.type() === 'error' && !message.text().includes('status of 400')) pageErrors.push(message.text());
    });
    await page.goto(`${server.url}/`);
    await page.waitForSelector('.graphiql-execute-button', { timeout: 30_000 });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(profile, { recursive: true, force: true });
  });

  /** Puts a text into one of the editors, by their order: query, variables. */
  async function type(editor: number, text: string): Promise<void> {
    const target = page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').nth(editor);
    await target.focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  async function run(): Promise<string> {
    const answered = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await page.click('.graphiql-execute-button');
    await answered;
    await page.waitForTimeout(300);
    return ((await page.locator('.result-window').textContent()) ?? '').replaceAll(/\s+/g, ' ');
  }

  it('opens with example queries in tabs', async () => {
    const tabs = await page.locator('[role="tab"]').allInnerTexts();
    expect(tabs.map((tab) => tab.trim())).toEqual(['Commit', 'FailuresOfTree', 'HistoryOfTest', 'Issues']);
  });

  it('runs a query with variables', async () => {
    await type(0, 'query Bed($name: String!) { bed(name: $name) { name } }');
    await page.getByRole('button', { name: 'Variables' }).click();
    await type(1, '{ "name": "west" }');
    expect(await run()).toContain('"name": "west"');
  });

  it('completes a field', async () => {
    await type(0, '{ bed { ');
    await page.keyboard.type('neigh');
    await page.waitForSelector('.suggest-widget.visible', { timeout: 10_000 });
    expect(await page.locator('.suggest-widget').textContent()).toContain('neighbour');
    await page.keyboard.press('Escape');
  });

  it('shows an error legibly', async () => {
    await type(0, '{ bed { nome } }');
    expect(await run()).toContain('Cannot query field');
  });

  it('shows the documentation', async () => {
    await page.getByRole('button', { name: /Documentation Explorer/ }).click();
    await page.waitForSelector('.graphiql-doc-explorer');
    expect(await page.locator('.graphiql-doc-explorer').textContent()).toContain('Query');
  });

  it('asks nobody outside, and breaks no rule of its page', async () => {
    await page.screenshot({ path: join(tmpdir(), 'kcigraph-graphiql.png') });
    expect(outside).toEqual([]);
    expect(pageErrors).toEqual([]);
  });
});
