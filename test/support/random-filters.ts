import { type Filters, messageIdSpellings } from '../../adapters/contract/filter.ts';
import type { EntityName } from '../../adapters/contract/model.ts';
import { VALUES } from './crowded-objects.ts';
import type { Random } from './random.ts';

type Maker<F> = (random: Random) => F;
/** For each filter field of an entity a way to make one, of values that exist, some that do not, and some that cannot. */
type Makers<E extends EntityName> = { readonly [F in keyof Required<Filters[E]>]: Maker<Filters[E][F]> };

const oneOf =
  <T>(values: readonly T[], ...others: readonly T[]): Maker<{ in: readonly T[] }> =>
  (random) => ({ in: random.chance(0.04) ? [] : random.some(random.chance(0.2) ? [...values, ...others] : values) });
const during: Maker<{ from?: string; to?: string }> = (random) => ({
  ...(random.chance(0.7) ? { from: random.pick(VALUES.times) } : {}),
  ...(random.chance(0.5) ? { to: random.pick(VALUES.times) } : {}),
});
const within: Maker<{ from?: number; to?: number }> = (random) => ({
  ...(random.chance(0.7) ? { from: random.below(4) / 2 } : {}),
  ...(random.chance(0.5) ? { to: random.below(8) / 2 } : {}),
});
const hash: Maker<Filters['checkout']['gitCommitHash']> = (random) =>
  random.chance(0.5)
    ? { in: random.some(VALUES.hashes).map((value) => (random.chance(0.3) ? value.toUpperCase() : value)) }
    : { prefix: random.pick(['', 'a', 'A012', random.pick(VALUES.hashes).slice(0, 12), 'xyz']) };
const is: Maker<{ is: boolean }> = (random) => ({ is: random.chance(0.5) });

/** Makes filters whose ids are drawn from those that are there. */
export function filterMakers(ids: { readonly [E in EntityName]: readonly string[] }): {
  readonly [E in EntityName]: Makers<E>;
} {
  const id = (entity: EntityName) => oneOf<string>(ids[entity].slice(0, 40), 'alder:never', 'a\0b', '\ud800');
  const common = (entity: EntityName) => ({
    id: id(entity),
    origin: oneOf<string>(VALUES.origins, 'nobody'),
    timestamp: (random: Random) =>
      random.chance(0.8) ? { from: '2020-01-01T00:00:00.000000Z' } : { to: '2020-01-01T00:00:00.000000Z' },
  });
  const ofCheckout = {
    gitCommitHash: hash,
    treeName: oneOf<string>(VALUES.trees, 'x'.repeat(299)),
    gitRepositoryUrl: oneOf<string>(VALUES.repositories, 'git://git.kernel.org/pub/linux'),
    gitRepositoryBranch: oneOf<string>(VALUES.branches),
  };
  const ofBuild = {
    architecture: oneOf<string>(VALUES.architectures),
    configName: oneOf<string>(VALUES.configs),
    compiler: oneOf<string>(VALUES.compilers),
  };
  const ofRun = {
    status: oneOf<(typeof VALUES.statuses)[number] | null>([...VALUES.statuses, null]),
    startTime: during,
    duration: within,
    hasIncident: is,
  };
  return {
    checkout: {
      ...common('checkout'),
      ...ofCheckout,
      patchsetHash: oneOf<string>(VALUES.patchsets),
      gitCommitName: oneOf<string>(VALUES.tags),
      gitCommitTags: oneOf<string>(VALUES.tags),
      messageId: oneOf<string>(VALUES.messages.flatMap(messageIdSpellings), '<', '<>'),
      valid: oneOf<boolean | null>([true, false, null]),
      startTime: during,
    },
    build: { ...common('build'), ...ofRun, ...ofBuild, ...ofCheckout, checkoutId: id('checkout') },
    test: {
      ...common('test'),
      ...ofRun,
      ...ofBuild,
      ...ofCheckout,
      buildId: id('build'),
      path: (random) => {
        const all = {
          in: random.some(VALUES.paths),
          under: random.pick(['', 'ltp', 'ltp.syscalls', 'boot', 'lt', 'a\0']),
          prefix: random.pick(['', 'ltp', 'LTP', 'ltp-', 'ltp.s', 'b', '%', 'l_p', '\u{10ffff}', 'a\0']),
          contains: random.pick(['', 'tp', 'COMMANDS', '.Sys', '%', 't_', '\u212a', '\ud800']),
        };
        const chosen = Object.entries(all).filter(() => random.chance(0.4));
        return chosen.length === 0 ? { contains: all.contains } : Object.fromEntries(chosen);
      },
      platform: oneOf<string>(VALUES.platforms, '7'),
      compatible: oneOf<string>(VALUES.compatibles, 'z'.repeat(259)),
      number: within,
    },
    issue: {
      ...common('issue'),
      category: oneOf<string>(VALUES.categories),
      reportUrl: oneOf<string>(VALUES.reports),
      culprit: (random) => ({ is: random.pick([{}, { code: true }, { code: false, tool: true }]) }),
    },
    incident: {
      ...common('incident'),
      issueId: id('issue'),
      issueVersion: oneOf<number>([1, 2, 10, 20_240_502_101_105], 1.5),
      buildId: id('build'),
      testId: id('test'),
      present: oneOf<boolean | null>([true, false, null]),
    },
  };
}

/** A filter of no, one, two or three fields. */
export function randomFilter<E extends EntityName>(makers: Makers<E>, random: Random): Filters[E] {
  const fields = Object.entries<Maker<unknown>>(makers);
  const filter: Filters[E] = {};
  for (let count = random.below(4); count > 0; count--) {
    const [name, make] = random.pick(fields);
    Object.assign(filter, { [name]: make(random) });
  }
  return filter;
}
