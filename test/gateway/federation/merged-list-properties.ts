import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Order } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { type World, worlds } from '../../support/federated-worlds.ts';
import { walk } from '../../support/walk-pages.ts';

const OUT_OF_ORDER = new SourceError('SOURCE_BAD_DATA', 'The source answered with garbage.');
/** What fails now is asked again at once. */
const PATIENT = { failures: 1_000, openFor: 1 };
const ORDER = fc.constantFrom<Order>('NEWEST', 'OLDEST');
const PAGE = fc.integer({ min: 1, max: 10 });

function gatewayOf(world: World) {
  const adapters = world.sources.map((options) => new ArrayAdapter(options));
  const gateway = new FederatedGateway(
    adapters.map((adapter, index) => ({ name: `s${index}`, adapter, breaker: PATIENT })),
  );
  return { gateway, adapters };
}

/** The ids of which at least one copy fits, which is what the list holds. */
function held(world: World, status: string | null): string[] {
  const ids = world.sources.flatMap(({ documents }) =>
    [...documents].flatMap(({ object }) =>
      status === null || ('status' in object && object.status === status) ? [object.id] : [],
    ),
  );
  return [...new Set(ids)].sort();
}

/** By the time of the leading copy: the first by priority of those with a time, else any. */
function inOrder(world: World, order: Order): string[] {
  const times = new Map<string, string | null>();
  for (const { documents } of world.sources) {
    for (const { object } of documents) {
      const time = 'startTime' in object ? object.startTime : null;
      if ((times.get(object.id) ?? null) === null) times.set(object.id, time);
    }
  }
  const compare = ([idA, a]: [string, string | null], [idB, b]: [string, string | null]) => {
    if (a === b) return Buffer.compare(Buffer.from(idA), Buffer.from(idB));
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b === (order === 'OLDEST') ? -1 : 1;
  };
  return [...times].sort(compare).map(([id]) => id);
}

/** An object that was not there before, with a single copy: one that gains a copy may come twice. */
function renamed(document: World['documents'][number], name: string): World['documents'][number] {
  if (document.entity !== 'test') return document;
  return { ...document, object: { ...document.object, id: `${document.object.id}-${name}` } };
}

/** What a walk over merged lists promises, in random worlds. */
export function mergedListProperties(numRuns: number): void {
  it('gives every object exactly once over all pages, whatever the sources hold of it', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(), ORDER, PAGE, async (world, order, first) => {
        const { gateway } = gatewayOf(world);
        const { ids } = await walk(gateway, { order, first });
        expect([...ids].sort()).toEqual(held(world, null));
      }),
      { numRuns },
    );
  });

  it('gives an object once where only one of its copies fits the filter', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(), ORDER, PAGE, async (world, order, first) => {
        const { gateway } = gatewayOf(world);
        const { ids } = await walk(gateway, { order, first, filter: { status: ['FAIL'] } });
        expect([...ids].sort()).toEqual(held(world, 'FAIL'));
      }),
      { numRuns },
    );
  });

  it('gives the same where the sources leave the filter to the gateway', async () => {
    await fc.assert(
      fc.asyncProperty(worlds({ filters: [] }), ORDER, PAGE, async (world, order, first) => {
        const { gateway } = gatewayOf(world);
        const { ids } = await walk(gateway, { order, first, filter: { status: ['FAIL'] } });
        expect([...ids].sort()).toEqual(held(world, 'FAIL'));
      }),
      { numRuns },
    );
  });

  it('gives each object where its leading copy stands, in the order asked for', async () => {
    await fc.assert(
      fc.asyncProperty(worlds({ paging: ['keyset', 'full'] }), ORDER, PAGE, async (world, order, first) => {
        const { gateway } = gatewayOf(world);
        const { ids } = await walk(gateway, { order, first });
        expect(ids).toEqual(inOrder(world, order));
      }),
      { numRuns },
    );
  });

  it('loses nothing and repeats nothing while objects are inserted between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(), worlds(), ORDER, PAGE, async (world, more, order, first) => {
        const { gateway, adapters } = gatewayOf(world);
        const pending = more.sources.flatMap(({ documents }, source) =>
          [...documents].map((document) => ({
            source: source % adapters.length,
            document: renamed(document, `new-${source}`),
          })),
        );
        const { ids } = await walk(gateway, { order, first }, () => {
          const next = pending.pop();
          if (next !== undefined) adapters[next.source]?.rows.add(next.document);
        });
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(held(world, null)));
      }),
      { numRuns },
    );
  });

  it('gives every object at least once where sources fail and come back before the walk ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds(),
        ORDER,
        PAGE,
        fc.array(fc.nat(3), { maxLength: 8 }),
        async (world, order, first, failing) => {
          const { gateway, adapters } = gatewayOf(world);
          const outages = [...failing];
          const { ids } = await walk(gateway, { order, first, patience: 10 }, () => {
            const down = outages.pop();
            adapters.forEach((adapter, index) => {
              adapter.failure = index === down ? OUT_OF_ORDER : null;
            });
          });
          expect([...new Set(ids)].sort()).toEqual(held(world, null));
        },
      ),
      { numRuns },
    );
  });
}
