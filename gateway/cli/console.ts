import { printable } from '../../adapters/kit/printable.ts';

/** Writes to standard output what may hold words from outside: file names, configurations, answers of sources. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** The same to standard error. */
export function printError(text: string): void {
  process.stderr.write(printable(text));
}

/** Says which step of a long task begins: on a terminal in one line that is replaced, otherwise a line each. */
export function showStep(step: string, index: number, count: number): void {
  const line = `${index + 1} of ${count}: ${step}`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${index + 1 === count ? '' : line}` : `${line}\n`);
}

const WIDTH = 30;
const REDRAW_MS = 100;

/** Shows how far the files are: a bar on a terminal, and otherwise nothing but the line each file gets when it is done. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #total: number;
  readonly #files: number;
  #done = 0;
  #file = 0;
  #drawn = 0;
  #isShown = false;

  /** @param total bytes of all files; 0 where that is not known */
  constructor(stream: NodeJS.WriteStream, files: number, total: number) {
    this.#stream = stream;
    this.#files = files;
    this.#total = total;
  }

  begin(): void {
    this.#file++;
  }

  /** Passes a file through and counts its bytes. */
  async *count(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#done += chunk.length;
      this.#draw();
      yield chunk;
    }
  }

  /** Takes the bar away, so that a line can be written. */
  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[2K');
    this.#isShown = false;
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.#stream.isTTY || performance.now() - this.#drawn < REDRAW_MS) return;
    this.#drawn = performance.now();
    this.#isShown = true;
    const share = this.#total === 0 ? 0 : Math.min(1, this.#done / this.#total);
    const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
    const megabytes = (this.#done / 1e6).toFixed(1);
    this.#stream.write(`\r\u001b[2K[${bar}] file ${this.#file} of ${this.#files}, ${megabytes} MB`);
  }
}
