import { type AdapterEnv, type Call, SourceError, z } from 'kcigraph/adapter';
import type { AcmeOptions } from './options.ts';

const ANSWER = z.object({ rows: z.array(z.unknown()) });

/** One request of one of Acme's lists. */
export interface Ask {
  /** `runs`, `jobs` or `results`. */
  readonly list: string;
  readonly filters: Readonly<Record<string, readonly (string | number)[]>>;
  readonly offset: number;
  readonly limit: number;
}

export class AcmeClient {
  readonly #options: AcmeOptions;
  readonly #env: AdapterEnv;

  constructor(options: AcmeOptions, env: AdapterEnv) {
    this.#options = options;
    this.#env = env;
  }

  /** The rows as they come: each is judged when it is translated. */
  async rows(ask: Ask, call: Call): Promise<readonly unknown[]> {
    const url = new URL(`/api/${ask.list}`, this.#options.url);
    url.searchParams.set('offset', String(ask.offset));
    url.searchParams.set('limit', String(ask.limit));
    for (const [field, values] of Object.entries(ask.filters)) url.searchParams.set(field, values.join(','));
    const headers = { authorization: `Bearer ${this.#options.token}` };
    const answer = await this.#env.http.request(url, { accept: ['application/json'], headers }, call);
    if (answer.status !== 200) {
      throw new SourceError('SOURCE_UNAVAILABLE', `Acme answered with the status ${answer.status}.`);
    }
    const body = ANSWER.safeParse(answer.json());
    if (!body.success) throw new SourceError('SOURCE_BAD_DATA', 'Acme answered with something that is no list.');
    return body.data.rows;
  }
}
