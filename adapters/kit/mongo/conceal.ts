import { redact } from '../printable.ts';

/** Makes texts of the driver fit for a log: no user, password or URL of the source is left in them. */
export function concealerOf(url: string, credentials: readonly (string | undefined)[]): (text: string) => string {
  const userinfo = /^[^/]*\/\/(.*)@/.exec(url)?.[1] ?? '';
  const parts = userinfo === '' ? [] : [userinfo, ...userinfo.split(':'), ...userinfo.split(':').map(decoded)];
  const secrets = [...new Set([url, ...parts, ...credentials])]
    .filter((secret) => secret !== undefined && secret !== '')
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0));
  return (text) => {
    let open = text;
    for (const secret of secrets) if (secret !== undefined) open = open.replaceAll(secret, '…');
    return redact(open);
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
