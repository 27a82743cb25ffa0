import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Sources that a gateway can be started from. */
export interface Checkout {
  readonly name: string;
  readonly launcher: string;
}

export const THIS_CHECKOUT: Checkout = { name: 'this', launcher: join(ROOT, 'bin/kcigraph.js') };

/**
 * The sources of another commit, in a temporary folder that ends with the value (`await using`). Its packages are those of
 * this checkout where both have the same lock file, else npm installs them.
 */
export async function checkOut(commit: string): Promise<Checkout & AsyncDisposable> {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: ROOT, maxBuffer: 1 << 30 });
  const hash = git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`).toString().trim();
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-against-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    // The user that the embedded PostgreSQL runs as must get in.
    await chmod(folder, 0o755);
    execFileSync('tar', ['-x', '-C', folder], { input: git('archive', hash) });
    const lock = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
    if (lock(folder) === lock(ROOT) && existsSync(join(ROOT, 'node_modules'))) {
      await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    } else {
      execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
    }
    const name = hash.slice(0, 9);
    return { name, launcher: join(folder, 'bin/kcigraph.js'), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
