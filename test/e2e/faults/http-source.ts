import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { TRUSTED } from '../../support/certificates.ts';
import { IMPATIENT } from './fault-gateway.ts';

/** The `file` adapter fetches anew with each call, so that each call meets the fault. */
export function httpSource(name: string, url: string): SourceConfig {
  const options = { url, freshness: 0, paging: 'keyset', filters: 'all', maxObjects: 1_000, rescan: 10_000 };
  return { ...IMPATIENT, name, adapter: 'file', options, tls: { ca: TRUSTED.cert } };
}
