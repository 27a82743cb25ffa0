import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder on a file system of its own, in memory, that can be filled up. Only root may mount one. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Null where this process may not mount. */
  static mount(folder: string, size: string): SmallDisk | null {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder], { stdio: 'ignore' });
      return new SmallDisk(folder);
    } catch {
      if (readdirSync(folder).length === 0) rmdirSync(folder);
      return null;
    }
  }

  /** Not a byte is left. */
  fill(): void {
    for (let bytes = 1 << 20, number = 0; bytes > 0; ) {
      try {
        writeFileSync(`${this.#ballast}-${number}`, Buffer.alloc(bytes), { flag: 'wx' });
        number += 1;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        bytes = Math.floor(bytes / 2);
        number += 1;
      }
    }
  }

  async empty(): Promise<void> {
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith('ballast')) await rm(join(this.folder, name));
    }
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
  }
}
