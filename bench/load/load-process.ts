import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from './generator.ts';
import type { Load, LoadResult, Question } from './load.ts';

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

/** The generator of `generator.ts`, as whoever tells it what to do sees it. */
export class LoadProcess {
  readonly #child: ChildProcess;

  /** @param url of the gateway, whose questions are asked in turn */
  constructor(url: string, questions: readonly Question[]) {
    const { hostname, port } = new URL(url);
    this.#child = fork(GENERATOR, { serialization: 'advanced' });
    const target: Target = { host: hostname, port: Number(port), questions };
    this.#child.send(target);
  }

  async run(load: Load): Promise<LoadResult> {
    const over = new AbortController();
    const { signal } = over;
    const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The load generator ended with ${code}.`);
    });
    const answered = once(this.#child, 'message', { signal }).then(([result]: LoadResult[]) => result);
    this.#child.send(load);
    try {
      const result = await Promise.race([answered, ended]);
      if (result === undefined) throw new Error('The load generator gave no result.');
      return result;
    } finally {
      over.abort();
      await Promise.allSettled([ended, answered]);
    }
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
