import { describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { build, checkout, test } from '../../support/model-objects.ts';

const COMMIT = 'a'.repeat(40);

function documents(objects: readonly ReturnType<typeof test>[]): readonly ArrayDocument[] {
  return objects.map((stored): ArrayDocument => {
    if (stored.entity === 'issue' || stored.entity === 'incident') return { ...stored, time: null };
    return stored;
  });
}

const PLAIN = ['checkoutsOfRevision', 'buildsOfCheckout', 'testsOfBuild'] as const;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const checkoutOf = (name: string) => checkout({ id: `${name}:checkout`, gitCommitHash: COMMIT, patchsetHash: '' });
const buildsOf = (name: string, parent: string, count = 2) =>
  numbers(count).map((n) => build({ id: `${name}:build-${n}`, checkoutId: parent }));
const testsOf = (name: string, parent: string, count: number) =>
  numbers(count).map((n) => test({ id: `${name}:test-${n}`, buildId: parent, status: 'PASS' }));

function gatewayOf(sources: Readonly<Record<string, Partial<ArrayOptions> & Pick<ArrayOptions, 'documents'>>>) {
  const adapters = Object.entries(sources).map(([name, options]) => ({ name, adapter: new ArrayAdapter(options) }));
  return { gateway: new FederatedGateway(adapters), adapters: adapters.map(({ adapter }) => adapter) };
}

const REVISION = `{ revision(gitCommitHash: "${COMMIT}") {
  statusCounts { total } builds { totalCount } tests(first: 500) { totalCount nodes { id } pageInfo { hasNextPage } }
} }`;

interface Answer {
  readonly revision: {
    readonly statusCounts: { readonly total: number } | null;
    readonly builds: { readonly totalCount: number | null };
    readonly tests: { readonly totalCount: number | null; readonly nodes: readonly { readonly id: string }[] };
  };
}

describe('what hangs on a commit over several sources', () => {
  it('is found where tests of one source hang on builds that only another has', async () => {
    const whole = [checkoutOf('one'), ...buildsOf('one', 'one:checkout'), ...testsOf('one', 'one:build-0', 2)];
    const hanging = testsOf('far', 'other:build-0', 3);
    const { gateway } = gatewayOf({
      one: { documents: documents([...whole, ...hanging]) },
      // It has no tests, and so all tests lie in one source; not so what they hang on.
      other: {
        documents: documents([checkoutOf('other'), ...buildsOf('other', 'other:checkout')]),
        entities: ['checkout', 'build'],
        relations: ['checkoutsOfRevision', 'buildsOfCheckout'],
      },
    });
    const { data, errors } = await gateway.ask<Answer>(REVISION);
    expect(errors).toEqual([]);
    expect(data.revision.tests.nodes.map(({ id }) => id.split(':')[0]).sort()).toEqual([
      'far',
      'far',
      'far',
      'one',
      'one',
    ]);
    expect(data.revision).toMatchObject({
      statusCounts: { total: 5 },
      builds: { totalCount: 4 },
      tests: { totalCount: 5 },
    });
  });

  it('is asked of a source without the relation by a list that it can filter', async () => {
    const tests = testsOf('far', 'one:build-0', 3);
    const { gateway } = gatewayOf({
      one: { documents: documents([checkoutOf('one'), ...buildsOf('one', 'one:checkout')]) },
      far: { documents: documents(tests), entities: ['test'], relations: [], filters: ['buildId'] },
    });
    const { data, errors, report } = await gateway.ask<Answer & { readonly build: object }>(
      REVISION.replace('{', '{ build(id: "one:build-0") { tests { totalCount nodes { id } } }'),
    );
    expect([errors, report.extensions.warnings ?? []]).toEqual([[], []]);
    const nodes = tests.map(({ object }) => ({ id: object.id }));
    expect(data.build).toEqual({ tests: { totalCount: 3, nodes } });
    expect(data.revision.tests).toMatchObject({ totalCount: 3, nodes });
  });

  it.each([500, 2_000])(
    'is named where there are more builds than are looked through, read %d at a time',
    async (maxPage) => {
      const many = [checkoutOf('one'), ...buildsOf('one', 'one:checkout', 5_600)];
      const paged = { maxPage, maxKeys: 1_000, relations: PLAIN } as const;
      const { gateway } = gatewayOf({
        one: { ...paged, documents: documents([...many, ...testsOf('one', 'one:build-0', 2)]) },
        other: { documents: [] },
      });
      const { data, report } = await gateway.ask<Answer>(`{ revision(gitCommitHash: "${COMMIT}") {
      tests { totalCount } } }`);
      expect(data.revision.tests.totalCount).toBeNull();
      expect(report.extensions.warnings).toMatchObject([{ extensions: { code: 'SOURCE_TRUNCATED', source: 'one' } }]);
    },
  );

  it('is not counted where a source did not tell which checkouts it has', async () => {
    const held = (name: string) =>
      documents([checkoutOf(name), ...buildsOf(name, `${name}:checkout`), ...testsOf(name, `${name}:build-0`, 2)]);
    const { gateway, adapters } = gatewayOf({ one: { documents: held('one') }, other: { documents: held('other') } });
    const related = adapters[1]!.related.bind(adapters[1]);
    vi.spyOn(adapters[1]!, 'related').mockImplementation((relation, ...rest) => {
      if (relation !== 'checkoutsOfRevision') return related(relation, ...rest);
      return Promise.reject(new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.'));
    });
    const { data, errors } = await gateway.ask<Answer>(REVISION);
    expect(data.revision.tests.nodes.map(({ id }) => id)).toEqual(['one:test-0', 'one:test-1']);
    expect(data.revision).toMatchObject({
      statusCounts: null,
      builds: { totalCount: null },
      tests: { totalCount: null },
    });
    expect(new Set(errors.map(({ extensions }) => extensions.source))).toEqual(new Set(['other']));
  });

  it.each([
    [2_100, 2_100],
    [20_100, null],
  ])('of %d objects of a source that cannot count, counts %s', async (count, total) => {
    const many = [checkoutOf('one'), ...buildsOf('one', 'one:checkout'), ...testsOf('one', 'one:build-0', count)];
    const options = { documents: documents(many), paging: 'offset', maxPage: 1_000, count: null, filters: [] } as const;
    const { gateway } = gatewayOf({ one: options, other: { documents: [] } });
    const { data, errors, report } = await gateway.ask<Answer>(REVISION);
    expect(errors).toEqual([]);
    const statusCounts = total === null ? null : { total };
    expect(data.revision).toMatchObject({ statusCounts, tests: { totalCount: total } });
    const isCut = (report.extensions.warnings ?? []).some(({ message }) =>
      String(message).includes('too many objects'),
    );
    expect(isCut).toBe(total === null);
  });
});
