/**
 * The address of a file in the storage, from the parts of its path: slashes are neither doubled nor missing. Null where a
 * part is not known.
 */
export function storageUrl(base: string, ...parts: readonly (string | null)[]): string | null {
  const path: string[] = [];
  for (const part of parts) {
    if (part === null) return null;
    path.push(
      ...part
        .split('/')
        .filter((segment) => segment !== '')
        .map(encoded),
    );
  }
  return path.length === 0 ? null : `${base.replace(/\/+$/, '')}/${path.join('/')}`;
}

/** Only what a URL cannot hold is encoded: `+` and `=` stay as the system itself writes them. */
function encoded(segment: string): string {
  return encodeURI(segment.toWellFormed()).replace(/[?#[\]]/g, (sign) =>
    `%${sign.charCodeAt(0).toString(16)}`.toUpperCase(),
  );
}
