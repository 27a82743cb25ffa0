import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { checkout } from '../../support/model-objects.ts';

const HASH = '1'.repeat(40);
const at = (hour: number) => `2026-02-01T${String(hour).padStart(2, '0')}:00:00.000000Z`;
const ofRevision = (id: string, hour: number | null, more: object = {}) =>
  checkout({ id, gitCommitHash: HASH, startTime: hour === null ? null : at(hour), ...more });
const QUERY = `{ revision(gitCommitHash: "${HASH}") { firstSeen lastSeen } }`;

interface Times {
  readonly revision: { readonly firstSeen: string | null; readonly lastSeen: string | null } | null;
}

describe('when a revision was seen first and last', () => {
  it('is told by all checkouts of all sources', async () => {
    const one = new ArrayAdapter({ documents: [ofRevision('a:1', 5), ofRevision('a:2', null), ofRevision('a:3', 7)] });
    const other = new ArrayAdapter({ documents: [ofRevision('b:1', 3), ofRevision('b:2', 6)] });
    const gateway = new FederatedGateway([
      { name: 'one', adapter: one },
      { name: 'other', adapter: other },
    ]);
    const { data, errors } = await gateway.ask<Times>(QUERY);
    expect(errors).toEqual([]);
    expect(data.revision).toEqual({ firstSeen: at(3), lastSeen: at(7) });
    expect([one.requests, other.requests]).toEqual([1, 1]);
  });

  it('is told of all revisions of a list in one question a source', async () => {
    const hashes = Array.from({ length: 8 }, (_, n) => String(n).repeat(40));
    const documents = hashes.flatMap((gitCommitHash, n) => [
      checkout({ id: `a:first-${n}`, gitCommitHash, startTime: at(n) }),
      checkout({ id: `a:again-${n}`, gitCommitHash, startTime: at(20 - n) }),
    ]);
    const adapter = new ArrayAdapter({ documents });
    const gateway = new FederatedGateway([{ name: 'ci', adapter }]);
    const list = (fields: string) => gateway.ask(`{ revisions(first: 8) { nodes { ${fields} } } }`);
    await list('gitCommitHash');
    const before = adapter.requests;
    const { data } = await list('gitCommitHash firstSeen lastSeen');
    expect(data).toMatchObject({
      revisions: {
        nodes: hashes.map((gitCommitHash, n) => ({
          gitCommitHash,
          firstSeen: at(n),
          lastSeen: at(20 - n),
        })),
      },
    });
    expect(adapter.requests - before).toBe(before + 1);
  });

  it.each([
    ['from its other end', ['NEWEST', 'OLDEST'] as const],
    ['page by page, where it cannot begin at the oldest', ['NEWEST'] as const],
  ])('is found in a source with many checkouts %s', async (_, orders) => {
    const documents = Array.from({ length: 12 }, (_, n) => ofRevision(`a:${n}`, n + 1));
    const adapter = new ArrayAdapter({ documents, maxPage: 5, orders });
    const gateway = new FederatedGateway([{ name: 'ci', adapter }]);
    expect((await gateway.ask<Times>(QUERY)).data.revision).toEqual({
      firstSeen: at(1),
      lastSeen: at(12),
    });
  });

  it('goes by the checkout as it is shown, where two sources tell another time', async () => {
    const forwarded = new ArrayAdapter({ documents: [ofRevision('a:1', 2, { origin: 'other' })] });
    const own = new ArrayAdapter({ documents: [ofRevision('a:1', 4)] });
    const gateway = new FederatedGateway([
      { name: 'own', adapter: own },
      { name: 'forwarded', adapter: forwarded },
    ]);
    const times = { firstSeen: at(4), lastSeen: at(4) };
    expect((await gateway.ask<Times>(QUERY)).data.revision).toEqual(times);
  });

  it('is null where no checkout tells, and names a source that fails', async () => {
    const failing = new ArrayAdapter({ documents: [] });
    failing.failure = new SourceError('SOURCE_UNAVAILABLE', 'It is down.');
    const gateway = new FederatedGateway([
      { name: 'one', adapter: new ArrayAdapter({ documents: [ofRevision('a:1', null)] }) },
      { name: 'down', adapter: failing },
    ]);
    const { data, errors } = await gateway.ask<Times>(QUERY);
    expect(data.revision).toEqual({ firstSeen: null, lastSeen: null });
    expect(errors).toMatchObject([{ extensions: { code: 'SOURCE_UNAVAILABLE', source: 'down' } }]);
  });
});

describe('a commit that is known only with patches', () => {
  const patchset = (n: number) => n.toString(16).repeat(64);
  const patched = (id: string, n: number) => ofRevision(id, n, { patchsetHash: patchset(n) });
  const refusal = async (gateway: FederatedGateway, hash: string) => {
    const { data, errors } = await gateway.ask<Times>(`{ revision(gitCommitHash: "${hash}") { firstSeen } }`);
    expect(data.revision).toBeNull();
    return errors.map(({ message, extensions }) => [extensions.code, message]);
  };

  it.each([HASH, HASH.slice(0, 12)])('is refused with the patchsets of all sources, asked for by %s', async (hash) => {
    const gateway = new FederatedGateway([
      { name: 'one', adapter: new ArrayAdapter({ documents: [patched('a:1', 1)] }) },
      { name: 'other', adapter: new ArrayAdapter({ documents: [patched('b:2', 2)] }) },
    ]);
    expect(await refusal(gateway, hash)).toEqual([
      [
        'BAD_USER_INPUT',
        `The commit "${HASH}" is known only with patches on top: give "patchsetHash" too, one of ${patchset(1)}, ${patchset(2)}.`,
      ],
    ]);
  });

  it('is refused with five of them, of more', async () => {
    const documents = Array.from({ length: 7 }, (_, n) => patched(`a:${n}`, n + 1));
    const gateway = new FederatedGateway([{ name: 'ci', adapter: new ArrayAdapter({ documents }) }]);
    const [[, message = ''] = []] = await refusal(gateway, HASH);
    expect(message).toContain(`${patchset(5)} and others`);
    expect(message).not.toContain(patchset(6));
  });

  it('is no other than one that nobody knows, where nobody knows it', async () => {
    const gateway = new FederatedGateway([
      { name: 'ci', adapter: new ArrayAdapter({ documents: [patched('a:1', 1)] }) },
    ]);
    expect(await refusal(gateway, '2'.repeat(40))).toEqual([]);
  });
});
