import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compareBytes, type DocumentFormat } from '../../kit/author.ts';

/** A file as it lies there. */
export interface ListedFile {
  readonly name: string;
  readonly path: string;
  readonly format: DocumentFormat;
  /** Changes with the content, as far as the file system can tell. */
  readonly stamp: string;
}

const FORMATS: Readonly<Record<string, DocumentFormat>> = { json: 'json', ndjson: 'ndjson', jsonl: 'ndjson' };

/**
 * The documents of a folder in the order of their names' bytes, or the one file.
 * @throws what the file system says where it cannot be read
 */
export async function listFiles(path: string): Promise<readonly ListedFile[]> {
  const whole = await stat(path, { bigint: true });
  if (!whole.isDirectory())
    return [{ name: basename(path), path, format: formatOf(path) ?? 'json', stamp: stampOf(whole) }];
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort(compareBytes);
  const files: ListedFile[] = [];
  for (const name of names) {
    const format = formatOf(name);
    if (format === null) continue;
    const file = join(path, name);
    // One that is gone by now is no fault: the next look does not find it either.
    const found = await stat(file, { bigint: true }).catch(() => null);
    if (found?.isFile()) files.push({ name, path: file, format, stamp: stampOf(found) });
  }
  return files;
}

function formatOf(name: string): DocumentFormat | null {
  return FORMATS[/\.([a-z]+)$/.exec(name)?.[1] ?? ''] ?? null;
}

function stampOf(stats: {
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly size: bigint;
  readonly ino: bigint;
}): string {
  return [stats.mtimeNs, stats.ctimeNs, stats.size, stats.ino].join(' ');
}
