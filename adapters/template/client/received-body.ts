import { type ReceivedDocument, readDocument, SourceError } from '../../kit/author.ts';

/** The body of an answer: a small one in memory, a large one in a file without a name. */
export class ReceivedBody {
  document: ReceivedDocument | null = null;
  readonly #folder: string;
  readonly #signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  async take(body: AsyncIterable<Uint8Array>): Promise<void> {
    await this.close();
    let fault: unknown = null;
    async function* watched() {
      try {
        yield* body;
      } catch (error) {
        fault = error;
        throw error;
      }
    }
    try {
      this.document = await readDocument(watched(), this.#folder, this.#signal);
    } catch (error) {
      if (fault !== null || !(error instanceof SourceError)) throw error;
      // Our own disk says nothing of the source.
      throw new SourceError(error.code, error.message, { cause: error, origin: 'gateway' });
    }
  }

  async close(): Promise<void> {
    await this.document?.close();
    this.document = null;
  }
}
