import { onTestFinished } from 'vitest';
import { BackgroundIndex, type BackgroundIndexOptions } from '../../../../adapters/kit/background-index.ts';
import { quietLog } from '../../../support/federated-gateway.ts';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.ts';

export type TestRecord = { readonly text: string };

export async function aFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** An index over a folder, and what it logs. */
export function anIndex(dataDir: string, options: Partial<BackgroundIndexOptions> = {}) {
  const lines: { readonly message?: string }[] = [];
  const bounds = { version: 1, maxEntries: 100_000, maxBytes: 64 * 1024 * 1024 };
  const env = { dataDir, source: 'lab', log: quietLog(lines) };
  const index = new BackgroundIndex<TestRecord>({ ...bounds, ...options }, env);
  index.open();
  onTestFinished(() => index.close());
  return { index, lines };
}

export function entry(key: string, more: object = {}) {
  return { key, time: null, record: { text: `of ${key}` }, ...more };
}
