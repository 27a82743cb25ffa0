import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { untilAborted } from '../../kit/mongo/client.ts';
import type { NodeClient, Shape } from '../client.ts';

/** How the collection can be read, found out once and looked at again now and then beside the requests. */
export class Shapes {
  readonly #client: NodeClient;
  #known: Shape | null = null;
  #looking: Promise<Shape> | null = null;

  constructor(client: NodeClient) {
    this.#client = client;
  }

  /** As it was last seen; the first who asks waits until it was looked at. */
  async shape(call: Call): Promise<Shape> {
    const known = this.#known ?? (await this.#shared(call));
    return known ?? (await this.look(call));
  }

  /** What another look that is under way gives; null where there is none, or it ends without. */
  async #shared({ signal }: Call): Promise<Shape | null> {
    try {
      return await untilAborted(signal, this.#looking?.catch(() => null) ?? Promise.resolve(null));
    } catch (cause) {
      throw new SourceError('SOURCE_TIMEOUT', 'The call ended before it was known how the database can be read.', {
        cause,
      });
    }
  }

  /** Whether it is known to be too large for each node to be looked at. */
  get isLarge(): boolean {
    return this.#known?.isSmall === false;
  }

  async look(call: Call): Promise<Shape> {
    const looking = this.#client.shape(call);
    this.#looking = looking;
    try {
      this.#known = await looking;
      return this.#known;
    } finally {
      if (this.#looking === looking) this.#looking = null;
    }
  }
}
