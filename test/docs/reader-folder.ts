import { copyFile, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './code-blocks.ts';

/** What a checkout has beside its files: its own data and history are not the reader's. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['.git', 'data', 'dist', '.cache', 'coverage']);

/** A checkout as a reader has it after `npm ci`, in a folder where commands may leave what they make. */
export async function makeReaderFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await temporaryFolder();
  for (const entry of await readdir(ROOT, { withFileTypes: true })) {
    const { name } = entry;
    if (NOT_TAKEN.has(name) || name.endsWith('.tgz')) continue;
    if (entry.isFile()) await copyFile(join(ROOT, name), join(path, name));
    // Commands may write beside examples; the rest is only read.
    else if (name === 'examples') await cp(join(ROOT, name), join(path, name), { recursive: true });
    else await symlink(join(ROOT, name), join(path, name));
  }
  await mkdir(join(path, 'data'), { recursive: true });
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}
