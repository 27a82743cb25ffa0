import { describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

/** Milliseconds that each request to a source takes. */
const LATENCY = 150;
const documents = knownDocuments();
const half = (odd: boolean) => documents.filter((_, index) => (index % 2 === 1) === odd);
/** A list with all its children's parents: two levels, whatever they hold. */
const TWO_LEVELS = '{ tests(first: 20) { nodes { id build { id } } } }';

const slow = (odd: boolean, latencyMs: number) => new ArrayAdapter({ documents: half(odd), latencyMs, maxKeys: 100 });

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await work;
  return { result, ms: performance.now() - start };
}

describe('the time of a query', () => {
  it('is its levels times the latency, however many objects a level has', async () => {
    // Look-ups of two levels without a list, which itself looks for other copies of its rows.
    const query = `{ ${Array.from({ length: 10 }, (_, n) => `b${n}: build(id: "${buildIds[n]}") { id checkout { id } }`).join(' ')} }`;
    const gateway = new FederatedGateway([
      { name: 'one', adapter: slow(false, LATENCY) },
      { name: 'other', adapter: slow(true, LATENCY) },
    ]);
    await gateway.ask('{ sources { name } }');
    const { result, ms } = await timed(gateway.ask(query));
    expect(result.errors).toEqual([]);
    const ratio = ms / LATENCY;
    console.log(`Two levels over two sources took ${ratio.toFixed(2)} times the latency of ${LATENCY} ms.`);
    expect(ratio).toBeGreaterThanOrEqual(1.95);
    expect(ratio).toBeLessThan(2.7);
  });

  it('grows by one round for a merged list, which looks for other copies of its rows', async () => {
    const gateway = new FederatedGateway([
      { name: 'one', adapter: slow(false, LATENCY) },
      { name: 'other', adapter: slow(true, LATENCY) },
    ]);
    const { result, ms } = await timed(gateway.ask(TWO_LEVELS));
    expect(result.errors).toEqual([]);
    expect(ms / LATENCY).toBeLessThan(3.8);
  });

  it('is bounded by the time-out of a slow source, whose silence costs the others nothing', async () => {
    const timeout = 300;
    const quick = new ArrayAdapter({ documents: half(false), latencyMs: 5 });
    const mute = slow(true, 60_000);
    const gateway = new FederatedGateway([
      { name: 'quick', adapter: quick },
      { name: 'mute', adapter: mute, timeout },
    ]);
    const { result, ms } = await timed(gateway.ask<Tests>(TWO_LEVELS));
    // Waited for once, and not on each level.
    expect(ms).toBeGreaterThanOrEqual(timeout - 5);
    expect(ms).toBeLessThan(timeout * 1.8);
    expect(mute.requests).toBe(1);
    expect(result.data.tests.nodes.length).toBeGreaterThan(0);
    expect(new Set(result.errors.map(({ extensions }) => `${extensions.source} ${extensions.code}`))).toEqual(
      new Set(['mute SOURCE_TIMEOUT']),
    );
    const alone = await timed(gateway.ask<Tests>('{ tests(first: 20, sources: ["quick"]) { nodes { id } } }'));
    expect(alone.ms).toBeLessThan(timeout / 2);
    expect(alone.result.errors).toEqual([]);
  });
});

const buildIds = documents.flatMap(({ entity, object }) => (entity === 'build' ? [object.id] : []));

interface Tests {
  readonly tests: { readonly nodes: readonly { readonly id: string }[] };
}
