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
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`The load generator ended with ${code}.`);
    });
    const answered = once(this.#child, 'message').then(([result]: LoadResult[]) => result);
    this.#child.send(load);
    const result = await Promise.race([answered, ended]);
    ended.catch(() => undefined);
    if (result === undefined) throw new Error('The load generator gave no result.');
    return result;
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
