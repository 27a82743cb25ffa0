import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { knownDocuments } from '../../../support/array-subject.ts';
import { FederatedGateway, type FederatedSource } from '../../../support/federated-gateway.ts';

const documents = knownDocuments();
const QUERY = '{ tests(first: 3) { nodes { id } } }';
const DOWN = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.');

function gatewayOf(latencyMs: number, settings: Partial<FederatedSource> = {}) {
  const adapter = new ArrayAdapter({ documents, latencyMs });
  return { adapter, gateway: new FederatedGateway([{ name: 'ci', adapter, ...settings }]) };
}

describe('requests that ask the same of a source', () => {
  it('share one call while it is under way, and not after', async () => {
    const { adapter, gateway } = gatewayOf(20);
    const answers = await Promise.all([1, 2, 3].map(() => gateway.ask(QUERY)));
    expect(adapter.requests).toBe(1);
    expect(answers[1]?.data).toEqual(answers[0]?.data);
    await gateway.ask(QUERY);
    expect(adapter.requests).toBe(2);
  });

  it('keep it going while one of them waits, and cancel it with the last', async () => {
    const { adapter, gateway } = gatewayOf(60);
    const [leaver, stayer] = [new AbortController(), new AbortController()];
    const left = gateway.ask(QUERY, {}, gateway.context(leaver.signal));
    const stayed = gateway.ask(QUERY, {}, gateway.context(stayer.signal));
    await delay(10);
    leaver.abort();
    expect((await left).errors[0]?.extensions?.code).toBe('SOURCE_TIMEOUT');
    expect((await stayed).errors).toEqual([]);
    expect(adapter.requests).toBe(1);
    expect(gateway.registry.get('ci')?.state.name).toBe('UP');
  });

  it('do not share where they ask for other fields', async () => {
    const { adapter, gateway } = gatewayOf(20);
    await Promise.all([gateway.ask(QUERY), gateway.ask('{ tests(first: 3) { nodes { id logExcerpt } } }')]);
    expect(adapter.requests).toBe(2);
  });
});

describe('the cache of answers', () => {
  it('answers again for as long as it was told, and says so', async () => {
    const { adapter, gateway } = gatewayOf(0, { cacheTtl: 60 });
    const first = await gateway.ask(QUERY);
    const second = await gateway.ask(QUERY);
    expect(second.data).toEqual(first.data);
    expect(adapter.requests).toBe(1);
    expect(second.report.extensions.sources.ci).toMatchObject({ requests: 0, cacheHits: 1 });
    await delay(80);
    await gateway.ask(QUERY);
    expect(adapter.requests).toBe(2);
  });

  it('serves an old answer with a warning when the source fails, and no error', async () => {
    const { adapter, gateway } = gatewayOf(0, { staleIfError: 10_000 });
    const first = await gateway.ask(QUERY);
    adapter.failure = DOWN;
    const second = await gateway.ask(QUERY);
    expect(second.data).toEqual(first.data);
    expect(second.errors).toEqual([]);
    expect(second.report.extensions.warnings).toEqual([
      expect.objectContaining({ path: ['tests'], extensions: { code: 'SOURCE_STALE', source: 'ci' } }),
    ]);
    expect(gateway.registry.get('ci')?.state.name).toBe('DEGRADED');
  });
});
