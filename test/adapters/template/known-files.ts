import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import { fromModel } from '../../../adapters/kit/kcidb/model.ts';

const LISTS = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
} as const;

/** Objects as one document of version 5.3. */
export function documentOf(objects: readonly StoredObject[]): string {
  const lists: Record<string, object[]> = {};
  for (const { entity, object } of objects) {
    lists[LISTS[entity]] ??= [];
    lists[LISTS[entity]]?.push(fromModel(entity, object));
  }
  return JSON.stringify({ version: { major: 5, minor: 3 }, ...lists });
}

/** Objects as documents line by line, each of a few. */
export function linesOf(objects: readonly StoredObject[]): string {
  const lines: string[] = [];
  for (let start = 0; start < objects.length; start += 7) lines.push(documentOf(objects.slice(start, start + 7)));
  return `${lines.join('\n')}\n`;
}

/** A new folder in which objects lie in three files of both formats. */
export async function folderOf(objects: readonly StoredObject[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-files-'));
  const third = Math.ceil(objects.length / 3);
  await writeFile(join(folder, 'a.json'), documentOf(objects.slice(0, third)));
  await writeFile(join(folder, 'b.ndjson'), linesOf(objects.slice(third, 2 * third)));
  await writeFile(join(folder, 'c.json'), documentOf(objects.slice(2 * third)));
  return folder;
}
