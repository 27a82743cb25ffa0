import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, hasChromium, startChromium } from '../../support/chromium.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';

describe.runIf(hasChromium('GraphiQL'))('GraphiQL in Chromium', () => {
  const postgres = usePostgres();
  let server: NativeGateway;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];
  const pageErrors: string[] = [];

  beforeAll(async () => {
    server = await startNativeGateway(await postgres.migrated(), { open: true });
    const body = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url));
    await fetch(`${server.url}/submit`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    browser = await startChromium();
    page = await browser.context.newPage();
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) outside.push(url);
    });
    page.on('pageerror', (error) => pageErrors.push(error.message));
    page.on('console', (message) => {
      // A refused query is a 400, which Chromium calls an error too.
      if (message.type() === 'error' && !message.text().includes('status of 400')) pageErrors.push(message.text());
    });
    await page.goto(`${server.url}/graphiql`);
    await page.waitForSelector('.graphiql-execute-button', { timeout: 30_000 });
  });

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.close();
  });

  /** Puts a text into one of the editors, by their order: query, variables. */
  async function type(editor: number, text: string): Promise<void> {
    const target = page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').nth(editor);
    const lines = page.locator('.monaco-editor').nth(editor).locator('.view-lines');
    const written = async () => ((await lines.textContent()) ?? '').replaceAll(/\s+/g, '');
    // A key that is pressed while the editor still completes a name is lost.
    for (let tries = 0; tries < 5 && (await written()) !== text.replaceAll(/\s+/g, ''); tries++) {
      await page.keyboard.press('Escape');
      await target.focus();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.press('Delete');
      await page.keyboard.insertText(text);
    }
  }

  async function run(): Promise<string> {
    const answered = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    // What completes a name would lie over the button.
    await page.keyboard.press('Escape');
    await page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await page.click('.graphiql-execute-button');
    await answered;
    await page.waitForTimeout(300);
    return ((await page.locator('.result-window').textContent()) ?? '').replaceAll(/\s+/g, ' ');
  }

  it('opens with example queries in tabs', async () => {
    const tabs = await page.locator('[role="tab"]').allInnerTexts();
    expect(tabs.map((tab) => tab.trim())).toEqual(['Commit', 'FailuresOfTree', 'HistoryOfTest', 'Issues']);
  });

  /** The words that begin the query of each tab. */
  const TABS = ['query Commit', 'query FailuresOfTree', 'query HistoryOfTest', 'query Issues'];
  const editor = async () =>
    ((await page.locator('.graphiql-query-editor').textContent()) ?? '').replaceAll(/\s+/g, ' ');

  async function expectTab(at: number): Promise<void> {
    await expect.poll(editor).toContain(TABS[at]);
    const isSelected = await page.locator('[role="tab"]').evaluateAll((tabs) => tabs.map((tab) => tab.ariaSelected));
    expect(isSelected).toEqual(TABS.map((_, other) => String(other === at)));
  }

  it('selects a tab by one click', async () => {
    for (const at of [2, 1, 3, 0, 1, 0]) {
      const box = await page.locator('[role="tab"]').nth(at).boundingBox();
      if (box === null) throw new Error('The tab is not shown.');
      // Element.click() would not show what lies under the pointer when the button is let go.
      await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
      await page.mouse.down();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.mouse.up();
      await expectTab(at);
    }
  });

  it.each(['Enter', 'Space'])('selects a tab by the key %s', async (key) => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.locator('[role="tab"] button').first().focus();
    for (const at of [1, 2, 3]) {
      const name = (TABS[at] ?? '').slice('query '.length);
      for (let steps = 0; (await focused()).trim() !== name && steps < 4; steps++) await page.keyboard.press('Tab');
      await page.keyboard.press(key);
      await expectTab(at);
    }
    await page.locator('[role="tab"] button').first().focus();
    await page.keyboard.press(key);
    await expectTab(0);
  });

  it('runs the first of them as it stands', async () => {
    expect(await run()).toContain('"gitCommitName": "v6.19-rc4-118-g5e1f0a7c2b9d"');
  });

  it('runs a query with variables', async () => {
    await type(0, 'query One($id: ID!) { test(id: $id) { path status } }');
    await page.getByRole('button', { name: 'Variables' }).click();
    await type(1, '{ "id": "acme:test-1041-suspend-bench3" }');
    expect(await run()).toContain('"path": "power.suspend.mem"');
  });

  it('completes a field', async () => {
    await type(0, '{ tests { nodes { ');
    await page.keyboard.type('envi');
    await page.waitForSelector('.suggest-widget.visible', { timeout: 10_000 });
    expect(await page.locator('.suggest-widget').textContent()).toContain('environment');
    await page.keyboard.press('Escape');
  });

  it('shows an error legibly', async () => {
    await type(0, '{ tests(first: 501) { nodes { id } } }');
    expect(await run()).toContain('give a number from 0 to 500');
  });

  it('shows the documentation', async () => {
    await page.getByRole('button', { name: /Documentation Explorer/ }).click();
    await page.locator('.graphiql-doc-explorer').getByText('Status', { exact: true }).click();
    await expect
      .poll(() => page.locator('.graphiql-doc-explorer').textContent())
      .toContain('The test itself broke before it could tell');
  });

  it('asks nobody outside, and breaks no rule of its page', async () => {
    await page.screenshot({ path: join(tmpdir(), 'kcigraph-graphiql.png') });
    expect(outside).toEqual([]);
    expect(pageErrors).toEqual([]);
  });
});
