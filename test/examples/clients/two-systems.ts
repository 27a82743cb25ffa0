import { readFileSync } from 'node:fs';
import type { ServerConfig } from '../../../gateway/http/app.ts';
import { type PublishedGateway, startPublishedGateway } from '../../gateway/http/published-gateway.ts';

const NIGHTLY = readFileSync(new URL('../../../examples/documents/acme-nightly.json', import.meta.url), 'utf8');

/** The commit of the sample document. */
export const COMMIT = '5e1f0a7c2b9d4c3866a1d0f2e4b7c98d31f05a62';

/** Two systems that tested the same commit; the second has as many failures more as need a second page. */
export function startTwoSystems(config: Partial<ServerConfig> = {}): Promise<PublishedGateway> {
  const other = JSON.parse(NIGHTLY.replaceAll('acme:', 'bravo:').replaceAll('"origin": "acme"', '"origin": "bravo"'));
  const [first] = other.tests;
  delete other.issues;
  delete other.incidents;
  other.tests = Array.from({ length: 60 }, (_, n) => ({
    ...first,
    id: `bravo:test-${n}`,
    path: `net.${n}`,
    status: 'FAIL',
  }));
  return startPublishedGateway(
    { acme: { document: NIGHTLY, freshness: 30_000 }, bravo: { document: JSON.stringify(other), freshness: 0 } },
    config,
  );
}
