import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

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

/** Whether there is a Chromium, or CI, where there must be one; else one line says what is not tested. */
export function hasChromium(untested: string): boolean {
  const absent = CHROMIUM === undefined && process.env.CI === undefined;
  if (absent) console.log(`No Chromium here (CHROMIUM or /usr/bin/chromium): ${untested} is not tested.`);
  return !absent;
}

export type Browser = AsyncDisposable & { readonly context: BrowserContext };

/** A Chromium that knows nothing yet. */
export async function startChromium(viewport = { width: 1400, height: 900 }): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('CI needs a Chromium: install it, or name it as CHROMIUM.');
  const profile = await mkdtemp(join(tmpdir(), 'kcigraph-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS, viewport });
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
