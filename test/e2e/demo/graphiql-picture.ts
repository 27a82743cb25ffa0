import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChromium } from '../../support/chromium.ts';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const DRAWN_MS = 1500;

export interface Picture {
  readonly tabs: readonly string[];
  /** What was answered, as text. */
  readonly answer: string;
  readonly file: string;
}

/**
 * Opens GraphiQL, runs what it opens with, and takes a picture: for docs/images where KCIGRAPH_PICTURES is set, else for
 * nobody.
 * @param query instead of the first tab's
 */
export async function takePicture(url: string, name: string, query?: string): Promise<Picture> {
  const folder = process.env.KCIGRAPH_PICTURES === undefined ? tmpdir() : IMAGES;
  await mkdir(folder, { recursive: true });
  await using browser = await startChromium({ width: 1500, height: 860 });
  const page = await browser.context.newPage();
  await page.goto(`${url}/graphiql`);
  await page.waitForSelector('.graphiql-execute-button', { timeout: 60_000 });
  const tabs = await page.locator('[role="tab"]').allInnerTexts();
  if (query !== undefined) {
    await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(query);
    // The editor indents what is typed on top of what it was typed with.
    await page.getByRole('button', { name: /Prettify/ }).click();
  }
  const isAnswer = (asked: string | null) => asked?.includes('revision(') === true;
  const answered = page.waitForResponse((response) => isAnswer(response.request().postData()), { timeout: 60_000 });
  await page.click('.graphiql-execute-button');
  const answer = await (await answered).text();
  await page.waitForTimeout(DRAWN_MS);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  return { tabs: tabs.map((text) => text.trim()), answer, file };
}
