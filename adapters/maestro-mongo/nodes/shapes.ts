import type { Call } from '../../adapter.ts';
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
    return this.#known ?? (await (this.#looking ?? this.look(call)));
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
