import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Explained } from './explain-issue.ts';

export interface Tls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
}

/** The certificates and the key of a source as PEM, read from the files that are named in their place. */
export function readTls(given: Tls, folder: string): { readonly tls: Tls; readonly faults: readonly Explained[] } {
  const faults: Explained[] = [];
  const pem = (name: 'ca' | 'cert' | 'key') => {
    const value = given[name];
    if (value === undefined || value.includes('-----BEGIN ')) return value;
    try {
      return readFileSync(resolve(folder, value), 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      faults.push({ path: ['tls', name], message: `The file "${value.slice(0, 200)}" cannot be read (${code}).` });
      return undefined;
    }
  };
  const tls = { ca: pem('ca'), cert: pem('cert'), key: pem('key'), servername: given.servername };
  if (faults.length === 0) {
    try {
      // Certificates to trust that are none would be passed over without a word.
      if (tls.ca !== undefined) new X509Certificate(tls.ca);
      createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key });
    } catch {
      const message = 'Its certificates and its key must be PEM, and the key that of the certificate.';
      faults.push({ path: ['tls'], message });
    }
  }
  return { tls, faults };
}
