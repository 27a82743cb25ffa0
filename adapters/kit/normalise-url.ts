/**
 * What two spellings of one repository have in common, for comparing only: `git://` and `http://` of kernel.org count as
 * https, host names have no case, and a trailing `.git` or `/` does not matter.
 */
export function repositoryKey(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/i.exec(url);
  if (match === null) return url;
  const [, scheme = '', host = '', path = ''] = match;
  const lowerHost = host.toLowerCase();
  const isKernelOrg = lowerHost === 'kernel.org' || lowerHost.endsWith('.kernel.org');
  const lowerScheme = scheme.toLowerCase();
  const https = isKernelOrg && (lowerScheme === 'git' || lowerScheme === 'http') ? 'https' : lowerScheme;
  return `${https}://${lowerHost}${path.replace(/(?:\/|\.git)+$/, '')}`;
}

/** KCIDB takes https only: a `git://` address becomes what the same host serves by https. */
export function toHttps(url: string): string {
  return url.startsWith('git://') ? `https://${url.slice('git://'.length)}` : url;
}
