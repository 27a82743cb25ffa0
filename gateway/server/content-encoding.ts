export type ContentEncoding = 'br' | 'gzip' | 'identity';

export interface AcceptedEncoding {
  /** What the client likes best of what is made here. */
  readonly best: ContentEncoding;
  /** Whether a body may also be sent as it is, which saves work where it is small. */
  readonly identity: boolean;
}

/** Of equals the one that gives fewer bytes. */
const MADE = ['br', 'gzip'] as const;
const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']]);

/** What a client takes by its `Accept-Encoding`. Without the header, nothing but the body as it is. */
export function acceptedEncoding(header: string | string[] | undefined): AcceptedEncoding {
  const qualities = new Map<string, number>();
  for (const range of [header ?? []].flat().join(',').toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (name === '') continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    qualities.set(ALIASES.get(name) ?? name, q === undefined ? 1 : Number.parseFloat(q.slice(2)) || 0);
  }
  const others = qualities.get('*');
  // As it is, a body may always be sent, but where that is refused by name or along with all others.
  const identity = qualities.get('identity') ?? others ?? null;
  let best: ContentEncoding = 'identity';
  let quality = qualities.get('identity') ?? 0;
  for (const name of MADE) {
    const liked = qualities.get(name) ?? others ?? 0;
    if (liked > 0 && (liked > quality || (best === 'identity' && liked === quality))) {
      best = name;
      quality = liked;
    }
  }
  return { best, identity: identity === null || identity > 0 };
}
