import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { FederatedGateway } from '../../../support/federated-gateway.ts';
import { ANCESTOR_QUERIES, GRAPH_QUERIES } from '../../../support/graph-queries.ts';
import { knownObjects } from '../../../support/known-objects.ts';
import { type KnownStore, knownStore } from '../../../support/known-store.ts';
import { usePostgres } from '../../../support/postgres.ts';

const postgres = usePostgres();
let store: KnownStore;
let native: FederatedGateway;
let oracle: FederatedGateway;

beforeAll(async () => {
  store = await knownStore(await postgres.migrated(), knownObjects());
  native = new FederatedGateway([{ name: 'native', adapter: store.source }]);
  oracle = new FederatedGateway([{ name: 'native', adapter: store.oracle }]);
});
afterAll(() => store.source.stop());

describe('over the native store', () => {
  it.each(Object.entries({ ...GRAPH_QUERIES, ...ANCESTOR_QUERIES }))(
    'answers %s as from plain arrays',
    async (_, query) => {
      const answer = await native.ask(query);
      expect(answer.errors).toEqual([]);
      expect(answer.data).toEqual((await oracle.ask(query)).data);
    },
  );

  it('answers the same where another source mirrors it', async () => {
    const mirror = new ArrayAdapter({ documents: store.documents, paging: 'full' });
    const both = new FederatedGateway([
      { name: 'native', adapter: store.source },
      { name: 'mirror', adapter: mirror },
    ]);
    for (const query of Object.values(GRAPH_QUERIES)) {
      const answer = await both.ask(query);
      expect(answer.errors).toEqual([]);
      expect(answer.data).toEqual((await oracle.ask(query)).data);
    }
  });

  it('asks one statement a relation and level, however many objects there are', async () => {
    const deep = (first: number) => `{ builds(first: ${first}) { nodes {
      id checkout { id revision { gitCommitHash } }
      tests(first: 5) { nodes { id incidents { nodes { issue { id } test { id } } } } totalCount }
      incidents { nodes { issue { version } build { id } } }
    } } }`;
    const counted = async (first: number) => {
      const before = store.statements();
      const answer = await native.ask(deep(first));
      expect(answer.errors).toEqual([]);
      return store.statements() - before;
    };
    const few = await counted(3);
    // builds, checkouts, tests, their count, incidents of both, issues of both, tests and builds of the incidents.
    expect(few).toBeLessThanOrEqual(10);
    expect(await counted(26)).toBeLessThanOrEqual(10);
  });
});
