/**
 * What two spellings of one repository have in common, for comparing only: `git://` and `http://` of kernel.org count as
 * https, host names have no case, and a trailing `.git` or `/` does not matter.
 */
export function normaliseUrl(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)/i.exec(url);
  if (match === null) return url;
  const [start, scheme = '', host = ''] = match;
  const lowerHost = host.toLowerCase();
  const isKernelOrg = lowerHost === 'kernel.org' || lowerHost.endsWith('.kernel.org');
  const lowerScheme = scheme.toLowerCase();
  const https = isKernelOrg && (lowerScheme === 'git' || lowerScheme === 'http') ? 'https' : lowerScheme;
  return `${https}://${lowerHost}${withoutEnd(url.slice(start.length))}`;
}

/** KCIDB takes https only: a `git://` address becomes what the same host serves by https. */
export function secureRepositoryUrl(url: string): string {
  return url.startsWith('git://') ? `https://${url.slice('git://'.length)}` : url;
}

/** Counted from the end, since an expression that searches for the end tries every slash of a long path. */
function withoutEnd(path: string): string {
  let end = path.length;
  for (;;) {
    if (path[end - 1] === '/') end -= 1;
    else if (path.slice(Math.max(0, end - 4), end) === '.git') end -= 4;
    else return path.slice(0, end);
  }
}
