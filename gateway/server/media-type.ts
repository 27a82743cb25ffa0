import type { IncomingMessage } from 'node:http';

/** Type and subtype in lower case, and the charset; null without a `Content-Type` that can be read. */
export function mediaTypeOf(request: IncomingMessage): { readonly essence: string; readonly charset: string } | null {
  const parts = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*(?:;|$)/.exec(request.headers['content-type'] ?? '');
  if (parts?.[1] === undefined) return null;
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]+)"?/i.exec(request.headers['content-type'] ?? '');
  return { essence: parts[1].toLowerCase(), charset: charset?.[1]?.toLowerCase() ?? 'utf-8' };
}

/** How much a client likes a media type, 0 to 1, by its `Accept`; what is not named specifically counts by its range. */
export function preferenceFor(accept: string | undefined, type: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  let best = { specificity: -1, quality: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const specificity = name === type ? 2 : name === `${type.split('/')[0]}/*` ? 1 : name === '*/*' ? 0 : -1;
    if (specificity <= best.specificity) continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    best = { specificity, quality: q === undefined ? 1 : Number.parseFloat(q.slice(2)) || 0 };
  }
  return best.quality;
}
