import type { Checkout, Entities, EntityName } from '../../adapters/contract/model.ts';

export const TYPE_NAMES = {
  checkout: 'Checkout',
  build: 'Build',
  test: 'Test',
  issue: 'Issue',
  incident: 'Incident',
} as const satisfies { readonly [E in EntityName]: string };
export type TypeName = (typeof TYPE_NAMES)[EntityName] | 'Revision';

/** The commit and the patches on top that all CI systems have in common. */
export interface RevisionId {
  /** In lower case. */
  readonly gitCommitHash: string;
  /** Empty for none. */
  readonly patchsetHash: string;
}

export function issueKey(id: string, version: number): string {
  return `${version}@${id}`;
}

/** What an object is looked up by, over all sources: its id, of an issue `VERSION@ID`. */
export function keyOf(object: Entities[EntityName]): string {
  return 'version' in object ? issueKey(object.id, object.version) : object.id;
}

/** `HASH`, or with patches `HASH+PATCHSET`. */
export function revisionKey({ gitCommitHash, patchsetHash }: RevisionId): string {
  return patchsetHash === '' ? gitCommitHash : `${gitCommitHash}+${patchsetHash}`;
}

/** The revision of a checkout; null where it does not say which commit it is. */
export function revisionOf(checkout: Pick<Checkout, 'gitCommitHash' | 'patchsetHash'>): RevisionId | null {
  if (!checkout.gitCommitHash) return null;
  return {
    gitCommitHash: checkout.gitCommitHash.toLowerCase(),
    patchsetHash: (checkout.patchsetHash ?? '').toLowerCase(),
  };
}

export function nodeId(type: TypeName, key: string): string {
  return Buffer.from(`${type}:${key}`, 'utf8').toString('base64url');
}

const ENTITY_OF: ReadonlyMap<string, EntityName | 'revision'> = new Map([
  ['Checkout', 'checkout'],
  ['Build', 'build'],
  ['Test', 'test'],
  ['Issue', 'issue'],
  ['Incident', 'incident'],
  ['Revision', 'revision'],
]);

/** What a node id names; null where it is none. */
export function readNodeId(id: string): { readonly entity: EntityName | 'revision'; readonly key: string } | null {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) return null;
  const bytes = Buffer.from(id, 'base64url');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
  const colon = text.indexOf(':');
  const entity = ENTITY_OF.get(text.slice(0, Math.max(0, colon)));
  const key = text.slice(colon + 1);
  if (entity === undefined || key === '') return null;
  if (entity === 'revision' && !/^[0-9a-f]{40}(\+[0-9a-f]{64})?$/.test(key)) return null;
  if (entity === 'issue' && !/^\d{1,16}@./s.test(key)) return null;
  return { entity, key };
}
