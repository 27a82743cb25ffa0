import { describe, expect, it } from 'vitest';
import type { Adapter, Call, Page, PageItem } from '../../../adapters/contract/adapter.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { ArrayAdapter, type ArrayDocument } from '../../support/array-adapter.ts';
import { wrapped } from '../../support/faulty-adapter/wrapped.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { PATHS } from './fault-paths.ts';
import { type Half, idsOf, objectsOf, testId } from './two-halves.ts';

type AnyPage = Page<Entities[EntityName]>;

interface Violation {
  readonly name: string;
  /** What an adapter gives in the place of an honest page, and of an honest look-up. */
  page?(page: AnyPage): unknown;
  found?(found: ReadonlyMap<string, unknown>): unknown;
  /** Whether all that it holds is shown all the same. */
  readonly isWhole: boolean;
  /** Part of the sentence that a person reads. */
  readonly says: RegExp;
}

const changed = (page: AnyPage, items: readonly unknown[]): unknown => ({ ...page, items });
const broken = (item: PageItem<Entities[EntityName]>, change: object) => ({
  ...item,
  object: { ...item.object, ...change },
});
/** Changes the values that are no failures. */
const values = (found: ReadonlyMap<string, unknown>, change: (value: object) => unknown) =>
  new Map([...found].map(([key, value]) => [key, change(Object(value))]));

const VIOLATIONS: readonly Violation[] = [
  {
    name: 'in the wrong order',
    page: (page) => changed(page, page.items.toReversed()),
    isWhole: true,
    says: /wrong order/,
  },
  {
    name: 'twice',
    page: (page) => changed(page, [...page.items, ...page.items]),
    isWhole: true,
    says: /twice in one page/,
  },
  {
    name: 'that nobody asked for',
    found: (found) => new Map([...found, ['lab:stranger', [...found.values()][0]]]),
    isWhole: true,
    says: /"lab:stranger", which it was not asked for/,
  },
  {
    name: 'without a place',
    page: (page) => changed(page, [...page.items, { object: page.items[0]?.object }, null, 'row']),
    isWhole: true,
    says: /has no place in its list/,
  },
  {
    name: 'of which one is none',
    page: (page) => changed(page, [...page.items, { time: null, tie: 'none', object: null }]),
    isWhole: true,
    says: /is no object, and is left out/,
  },
  {
    name: 'without what they must have',
    page: (page) =>
      changed(
        page,
        page.items.map((item) => broken(item, { origin: 7 })),
      ),
    found: (found) => values(found, (value) => ({ ...value, object: { id: 'lab:test-01' } })),
    isWhole: false,
    says: /has no valid (origin|checkoutId|buildId)/,
  },
  {
    name: 'with a field of another type',
    page: (page) =>
      changed(
        page,
        page.items.map((item) => broken(item, { status: 'SPLENDID', startTime: 12 })),
      ),
    isWhole: true,
    says: /has a (status|startTime) that could not be understood/,
  },
  { name: 'that are no page', page: () => ({ rows: [] }), found: () => ({}), isWhole: false, says: /is no (page|Map)/ },
  { name: 'that are nothing', page: () => undefined, found: () => null, isWhole: false, says: /is no (page|Map)/ },
];

function documentsOf(half: Half): readonly ArrayDocument[] {
  return objectsOf(half).flatMap((document) =>
    document.entity === 'issue' || document.entity === 'incident' ? [] : [document],
  );
}

/** An adapter whose answers are changed on every path. What it then gives fits no type, which is the point. */
function violating(half: Half, { page, found }: Violation): Adapter {
  const inner = new ArrayAdapter({ documents: documentsOf(half) });
  const answer = (change: ((given: never) => unknown) | undefined, given: unknown) =>
    change === undefined ? given : Reflect.apply(change, undefined, [given]);
  const pages = (given: ReadonlyMap<string, unknown>) =>
    new Map([...given].map(([key, one]) => [key, answer(page, one)]));
  const untyped: object = {
    get: async (entity: EntityName, ids: readonly string[], call: Call) =>
      answer(found, await inner.get(entity, ids, call)),
    list: async (...given: Parameters<ArrayAdapter['list']>) => answer(page, await inner.list(...given)),
    related: async (...given: Parameters<ArrayAdapter['related']>) => pages(await inner.related(...given)),
  };
  return wrapped(inner, untyped);
}

function gatewayOf(violation: Violation, faulty: readonly Half[]): FederatedGateway {
  const sources = ([0, 1] as const).map((half) => ({
    name: half === 0 ? 'one' : 'other',
    adapter: faulty.includes(half) ? violating(half, violation) : new ArrayAdapter({ documents: documentsOf(half) }),
  }));
  return new FederatedGateway(sources);
}

const list = PATHS[0];
const get = PATHS[1];
const relation = PATHS[2];
const nodes = (...halves: readonly Half[]) => ({ nodes: idsOf(...halves).map((id) => ({ id })) });

describe.each(VIOLATIONS)('a source that gives records $name', (violation) => {
  it.each([[[1]], [[0, 1]]] as const)('keeps what can be kept, and says what cannot (sources %j)', async (faulty) => {
    const gateway = gatewayOf(violation, [...faulty]);
    const well = ([0, 1] as const).filter((half) => violation.isWhole || !faulty.some((one) => one === half));
    if (violation.page !== undefined) {
      const { data, errors } = await gateway.ask(list?.query ?? '');
      expect(data).toEqual({ tests: nodes(...well) });
      expectTold(errors, violation, ['tests']);
      const below = await gateway.ask<{ build: object | null }>(relation?.query ?? '');
      if (below.data.build !== null) expect(below.data).toEqual({ build: { id: 'lab:build', tests: nodes(...well) } });
      expectTold(below.errors, violation, ['build']);
    }
    if (violation.found !== undefined) {
      const { data, errors } = await gateway.ask(get?.query ?? '');
      const shown = (half: Half) => (well.includes(half) ? { id: testId(half) } : null);
      expect(data).toEqual({ first: shown(0), second: shown(1) });
      expectTold(errors, violation, ['first', 'second']);
    }
    expect(gateway.log).not.toEqual([]);
  });
});

it('a source that gives more than it was asked for is cut, and nothing of it is lost', async () => {
  const inner = new ArrayAdapter({ documents: documentsOf(1) });
  const generous = wrapped(inner, {
    list: (entity, query, call) => inner.list(entity, { ...query, first: query.first + 3 }, call),
  });
  const gateway = new FederatedGateway([{ name: 'other', adapter: generous }]);
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const query =
      'query ($c: String) { tests(first: 2, after: $c) { nodes { id } pageInfo { hasNextPage endCursor } } }';
    const { data, errors }: Awaited<ReturnType<typeof gateway.ask<Lists>>> = await gateway.ask<Lists>(query, {
      c: after,
    });
    ids.push(...data.tests.nodes.map(({ id }) => id));
    after = data.tests.pageInfo.endCursor;
    if (data.tests.pageInfo.hasNextPage) expect(errors[0]?.message).toMatch(/where it was asked for 2/);
    else break;
  }
  expect(ids).toEqual(idsOf(1));
});

it('a source that gives again what was taken ends no walk in a circle', async () => {
  const inner = new ArrayAdapter({ documents: documentsOf(1) });
  const forgetful = wrapped(inner, {
    list: (entity, query, call) => inner.list(entity, { ...query, after: null }, call),
  });
  const gateway = new FederatedGateway([{ name: 'other', adapter: forgetful }]);
  const query = 'query ($c: String) { tests(first: 4, after: $c) { nodes { id } pageInfo { hasNextPage endCursor } } }';
  const first = await gateway.ask<Lists>(query);
  const second = await gateway.ask<Lists>(query, { c: first.data.tests.pageInfo.endCursor });
  expect(second.data.tests.nodes).toEqual([]);
  expect(second.errors.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/before the place asked for/),
  );
});

interface Lists {
  readonly tests: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

function expectTold(
  errors: Awaited<ReturnType<FederatedGateway['ask']>>['errors'],
  { says }: Violation,
  roots: readonly string[],
): void {
  expect(errors).not.toEqual([]);
  for (const { message, path, extensions } of errors) {
    expect(message).toMatch(says);
    expect(extensions.code).toBe('SOURCE_BAD_DATA');
    expect(['one', 'other']).toContain(extensions.source);
    expect(roots).toContain(path?.[0]);
  }
}
