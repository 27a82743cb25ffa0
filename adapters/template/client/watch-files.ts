import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const QUIET_MS = 150;

/** Calls back when something in a folder, or beside a file, has changed and it has been quiet for a moment. */
export class FileWatch {
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Begins, unless it goes on already. Where nothing can be watched, whoever looks from time to time still sees it. */
  async begin(path: string): Promise<void> {
    if (this.#watcher !== null) return;
    try {
      // A file that is replaced by another of its name is seen from its folder only.
      const folder = (await stat(path)).isDirectory() ? path : dirname(path);
      this.#watcher = watch(folder, { persistent: false }, () => this.#soon());
      this.#watcher.on('error', () => this.end());
    } catch {
      this.#watcher = null;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = null;
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, QUIET_MS).unref();
  }
}
