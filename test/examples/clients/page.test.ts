import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedGateway } from '../../gateway/http/published-gateway.ts';
import { type Browser, hasChromium, startChromium } from '../../support/chromium.ts';
import { startTwoSystems } from './two-systems.ts';

const PATIENCE = { timeout: 10_000 };

describe.runIf(hasChromium('the page without a framework'))('the page without a framework, in Chromium', () => {
  let site: Server;
  let origin: string;
  let gateway: PublishedGateway;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    const html = await readFile(new URL('../../../examples/clients/page/index.html', import.meta.url));
    site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const address: string | AddressInfo | null = site.address();
    origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    gateway = await startTwoSystems({ cors: [origin] });
    browser = await startChromium();
    page = await browser.context.newPage();
    page.on('pageerror', ({ message }) => faults.push(message));
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    site?.close();
  });

  const open = (parameters: Record<string, string> = {}, host = origin) =>
    page.goto(
      `${host}/?${new URLSearchParams({ endpoint: `${gateway.url}/graphql`, since: '2026-01-01', ...parameters })}`,
    );
  const state = () => page.locator('#state').textContent();
  const rows = () => page.locator('tbody tr');

  it('shows the failures of a tree, of another origin, and more of them where asked', async () => {
    await open();
    await expect.poll(state, PATIENCE).toBe('Failed tests: 25 so far');
    await page.click('#more');
    await expect.poll(state, PATIENCE).toBe('Failed tests: 50 so far');
    await page.click('#more');
    await expect.poll(state, PATIENCE).toBe('Failed tests: 61');
    expect(await rows().count()).toBe(61);
    expect(await page.locator('#more').isVisible()).toBe(false);
    const link = page.getByRole('link', { name: 'anvil-2 locks up while it enters suspend-to-RAM' });
    expect(await link.getAttribute('href')).toMatch(/^https:/);
  });

  it('asks for another tree', async () => {
    await page.fill('[name=tree]', 'nowhere');
    await page.getByRole('button', { name: 'Ask' }).click();
    await expect.poll(state, PATIENCE).toBe('Failed tests: 0');
  });

  it('names the source that does not answer, and shows the others', async () => {
    gateway.fail('bravo');
    await open();
    await expect.poll(state, PATIENCE).toBe('Failed tests: 1');
    expect(await page.locator('#notices').textContent()).toBe('bravo: SOURCE_UNAVAILABLE');
    await page.screenshot({ path: join(tmpdir(), 'kcigraph-page.png') });
  });

  it('says so where it may not ask', async () => {
    await open({}, origin.replace('127.0.0.1', 'localhost'));
    await expect.poll(state, PATIENCE).toContain('There is no answer from');
    expect(faults).toEqual([]);
  });
});
