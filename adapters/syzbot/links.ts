import { secureRepositoryUrl } from '../kit/normalise-url.ts';

/** A link of the dashboard made absolute; null where it is none that a browser could open. */
export function absolute(link: string | null, url: string): string | null {
  if (link === null || !URL.canParse(link, url)) return null;
  const address = new URL(link, url);
  return address.protocol === 'https:' || address.protocol === 'http:' ? address.href : null;
}

/** What names a text in its link: `x`, or in old links the decimal `id`. */
export function textIdIn(link: string | null): string | null {
  if (link === null) return null;
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1));
  const id = query.get('x') ?? query.get('id') ?? '';
  return /^[0-9A-Za-z]{1,64}$/.test(id) ? id : null;
}

/**
 * The repository in what a crash says of it: an address, or until 2026 a page of its history. Null where what is left is
 * none that KCIDB takes.
 */
export function repositoryIn(text: string | null): string | null {
  if (text === null) return null;
  const address = secureRepositoryUrl(text.replace(/\/(?:\+?log\/?\?|\+?log\/|commits?\/).*$/s, ''));
  return address.startsWith('https://') && URL.canParse(address) ? address : null;
}
