import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

const QUIET_MS = 150;

/** Calls back when one of some files has changed, by whatever way an editor writes it, and it has been quiet since. */
export class FilesWatch {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #names: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** From now on these files, in the place of those before. */
  watch(files: ReadonlySet<string>): void {
    this.#names = new Set([...files].map((file) => basename(file)));
    const folders = new Set([...files].map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || this.#names.has(name)) this.#soon();
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.set(folder, watcher);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, QUIET_MS).unref();
  }
}
