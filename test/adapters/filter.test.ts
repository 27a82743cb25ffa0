import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  buildSchema,
  GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isListType,
  isNonNullType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Ancestry, FILTER_FIELDS, type Filter, filterValue, matches } from '../../adapters/contract/filter.ts';
import {
  type Build,
  type Checkout,
  type Culprit,
  ENTITY_NAMES,
  type Entities,
  type EntityName,
  type Status,
} from '../../adapters/contract/model.ts';
import { build, checkout, incident, issue, test } from '../support/model-objects.ts';

const HASH = `ab${'0'.repeat(38)}`;
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** The operators that an input type of the schema stands for. */
function operatorsOf(type: GraphQLInputType): readonly string[] {
  const plain = isNonNullType(type) ? type.ofType : type;
  if (isListType(plain)) return ['in'];
  const { name } = getNamedType(plain);
  if (name === 'TimeRange' || name === 'NumberRange') return ['range'];
  if (name === 'PathFilter') return ['in', 'under', 'prefix', 'contains'];
  if (name === 'HashFilter') return ['in', 'prefix'];
  return ['is'];
}

describe('there is a rule for every filter of the schema, and no other', () => {
  for (const entity of ENTITY_NAMES) {
    const name = `${entity.charAt(0).toUpperCase()}${entity.slice(1)}Filter`;
    it(name, () => {
      const input = schema.getType(name);
      if (!(input instanceof GraphQLInputObjectType)) throw new Error(`The schema has no ${name}.`);
      const declared = Object.fromEntries(
        Object.entries(input.getFields()).map(([field, { type }]) => [field, operatorsOf(type)]),
      );
      const ruled = Object.fromEntries(
        Object.entries(FILTER_FIELDS[entity]).map(([field, { operators }]) => [field, operators]),
      );
      expect(ruled).toEqual(declared);
    });
  }

  it('RevisionFilter, which is that of checkouts', () => {
    const [revision, own] = ['RevisionFilter', 'CheckoutFilter'].map((name) => schema.getType(name));
    if (!(revision instanceof GraphQLInputObjectType) || !(own instanceof GraphQLInputObjectType))
      throw new Error('gone');
    const typesOf = (type: GraphQLInputObjectType) =>
      Object.entries(type.getFields()).map(([name, field]) => `${name}: ${field.type}`);
    expect(typesOf(revision)).toEqual(typesOf(own));
  });
});

type Case<E extends EntityName> = readonly [
  what: string,
  where: Filter<E>,
  object: Partial<Entities[E]>,
  fits: boolean | null,
  ancestry?: Ancestry,
];

/** One object a kind, changed as each case says. */
const made = {
  checkout: (given: object) => ({ ...object(checkout({ id: 'maestro:a' }), 'checkout'), ...given }),
  build: (given: object) => ({ ...object(build({ id: 'maestro:a' }), 'build'), ...given }),
  test: (given: object) => ({ ...object(test({ id: 'maestro:a' }), 'test'), ...given }),
  issue: (given: object) => ({ ...object(issue({ id: 'maestro:a', version: 1 }), 'issue'), ...given }),
  incident: (given: object) => ({ ...object(incident({ id: 'maestro:a' }), 'incident'), ...given }),
} satisfies { [E in EntityName]: (given: object) => Entities[E] };

function object<E extends EntityName>(
  stored: { readonly entity: EntityName; readonly object: Entities[EntityName] },
  entity: E,
): Entities[E] {
  if (stored.entity !== entity) throw new Error(`This is a ${stored.entity}.`);
  return stored.object as Entities[E];
}

/** `entity.field operator` of each case that fits. */
const TRIED: string[] = [];

function cases<E extends EntityName>(entity: E, make: (given: object) => Entities[E], list: readonly Case<E>[]): void {
  describe(entity, () => {
    for (const [what, where, given, fits, ancestry] of list) {
      if (fits === true) TRIED.push(...triedIn(entity, where));
      const says = fits === null ? 'cannot be decided' : fits ? 'fits' : 'does not fit';
      it(`${Object.keys(where).join(' and ')}: ${what} ${says}`, () => {
        expect(matches(entity, make(given), where, ancestry)).toBe(fits);
      });
    }
  });
}

function triedIn(entity: EntityName, where: object): readonly string[] {
  return Object.entries(where).flatMap(([field, filter]) =>
    ['in', 'prefix', 'under', 'contains', 'is', 'range']
      .filter((operator) => operator in filter || (operator === 'range' && ('from' in filter || 'to' in filter)))
      .map((operator) => `${entity}.${field} ${operator}`),
  );
}

const T = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`;

const COMMON = ['id in', 'origin in', 'timestamp range'];

describe('what each filter means', () => {
  cases('checkout', made.checkout, [
    ['its own id', { id: { in: ['x', 'maestro:a'] } }, {}, true],
    ['another id', { id: { in: ['maestro:b'] } }, {}, false],
    ['any id, of an empty list,', { id: { in: [] } }, {}, false],
    ['its origin', { origin: { in: ['maestro'] } }, {}, true],
    ['part of its origin', { origin: { in: ['maest'] } }, {}, false],
    ['the first instant', { timestamp: { from: T(5) } }, { timestamp: T(5) }, true],
    ['the instant of the end', { timestamp: { to: T(5) } }, { timestamp: T(5) }, false],
    ['an instant within', { timestamp: { from: T(1), to: T(9) } }, { timestamp: T(5) }, true],
    ['no time, in an open range,', { timestamp: {} }, { timestamp: null }, false],
    ['any time, in an open range,', { timestamp: {} }, { timestamp: T(5) }, true],
    ['any time, in a range turned round,', { startTime: { from: T(9), to: T(1) } }, { startTime: T(5) }, false],
    ['the instant itself', { startTime: { from: T(5), to: T(6) } }, { startTime: T(5) }, true],
    ['the microsecond before', { startTime: { from: T(5) } }, { startTime: '2026-01-01T00:00:04.999999Z' }, false],
    ['a hash in capitals', { gitCommitHash: { in: [HASH.toUpperCase()] } }, { gitCommitHash: HASH }, true],
    ['a prefix in capitals', { gitCommitHash: { prefix: 'AB00' } }, { gitCommitHash: HASH }, true],
    ['a prefix that goes on', { gitCommitHash: { prefix: `${HASH}0` } }, { gitCommitHash: HASH }, false],
    ['no hash, by an empty prefix,', { gitCommitHash: { prefix: '' } }, { gitCommitHash: null }, false],
    [
      'a hash in the list, of another prefix,',
      { gitCommitHash: { in: [HASH], prefix: 'ff' } },
      { gitCommitHash: HASH },
      false,
    ],
    ['its tree', { treeName: { in: ['mainline'] } }, { treeName: 'mainline' }, true],
    ['no tree', { treeName: { in: ['mainline'] } }, { treeName: null }, false],
    [
      'another spelling of its repository',
      { gitRepositoryUrl: { in: ['git://git.kernel.org/x/linux.git/'] } },
      { gitRepositoryUrl: 'https://git.kernel.org/x/linux' },
      true,
    ],
    [
      'another repository',
      { gitRepositoryUrl: { in: ['https://git.kernel.org/x/linux-next'] } },
      { gitRepositoryUrl: 'https://git.kernel.org/x/linux' },
      false,
    ],
    ['no repository', { gitRepositoryUrl: { in: [''] } }, { gitRepositoryUrl: null }, false],
    ['its branch', { gitRepositoryBranch: { in: ['master'] } }, { gitRepositoryBranch: 'master' }, true],
    ['a branch in capitals', { gitRepositoryBranch: { in: ['MASTER'] } }, { gitRepositoryBranch: 'master' }, false],
    ['no patches, that nobody spoke of,', { patchsetHash: { in: [''] } }, { patchsetHash: null }, true],
    ['no patches, said so,', { patchsetHash: { in: [''] } }, { patchsetHash: '' }, true],
    ['its patches, in capitals,', { patchsetHash: { in: ['E'.repeat(64)] } }, { patchsetHash: 'e'.repeat(64) }, true],
    ['patches where there are none', { patchsetHash: { in: ['e'.repeat(64)] } }, { patchsetHash: '' }, false],
    ['its name', { gitCommitName: { in: ['v6.19'] } }, { gitCommitName: 'v6.19' }, true],
    ['one of its tags', { gitCommitTags: { in: ['b', 'c'] } }, { gitCommitTags: ['a', 'b'] }, true],
    ['no tags', { gitCommitTags: { in: ['b'] } }, { gitCommitTags: [] }, false],
    ['tags that nobody knows', { gitCommitTags: { in: ['b'] } }, { gitCommitTags: null }, false],
    ['its message', { messageId: { in: ['<a@b>'] } }, { messageId: '<a@b>' }, true],
    ['its message, asked for without brackets,', { messageId: { in: ['a@b'] } }, { messageId: '<a@b>' }, true],
    ['its message, kept without brackets,', { messageId: { in: ['<a@b>'] } }, { messageId: 'a@b' }, true],
    ['a message that only contains it', { messageId: { in: ['a@b'] } }, { messageId: '<a@b.c>' }, false],
    ['half a pair of brackets', { messageId: { in: ['<a@b'] } }, { messageId: 'a@b' }, false],
    ['no message', { messageId: { in: [''] } }, { messageId: null }, false],
    ['a checkout that worked', { valid: { in: [true] } }, { valid: true }, true],
    ['a checkout of which nothing is known', { valid: { in: [null] } }, { valid: null }, true],
    ['the same, asked for those that failed,', { valid: { in: [false] } }, { valid: null }, false],
  ]);

  cases('build', made.build, [
    ['its checkout', { checkoutId: { in: ['maestro:checkout'] } }, {}, true],
    ['its status', { status: { in: ['PASS', 'FAIL'] } }, { status: 'FAIL' }, true],
    ['no status yet, by null,', { status: { in: [null, 'PASS'] } }, { status: null }, true],
    ['no status yet, without null,', { status: { in: ['PASS'] } }, { status: null }, false],
    ['any status, of an empty list,', { status: { in: [] } }, { status: null }, false],
    ['its architecture', { architecture: { in: ['arm64'] } }, { architecture: 'arm64' }, true],
    ['its configuration', { configName: { in: ['defconfig'] } }, { configName: 'defconfig' }, true],
    ['its compiler, but for its version,', { compiler: { in: ['gcc'] } }, { compiler: 'gcc-14' }, false],
    ['its compiler', { compiler: { in: ['gcc-14'] } }, { compiler: 'gcc-14' }, true],
    ['the least duration', { duration: { from: 1.5, to: 2 } }, { duration: 1.5 }, true],
    ['the duration that no longer counts', { duration: { from: 1.5, to: 2 } }, { duration: 2 }, false],
    ['a duration of 0', { duration: { from: 0 } }, { duration: 0 }, true],
    ['no duration', { duration: { from: 0 } }, { duration: null }, false],
    ['a start within', { startTime: { to: T(9) } }, { startTime: T(8) }, true],
    ['a build with an incident', { hasIncident: { is: true } }, {}, true, { hasIncident: true }],
    ['a build without one', { hasIncident: { is: false } }, {}, true, { hasIncident: false }],
    ['a build with one, asked for those without,', { hasIncident: { is: false } }, {}, false, { hasIncident: true }],
    ['a build of which that is not known', { hasIncident: { is: false } }, {}, null],
    ['a build whose checkout is not at hand', { treeName: { in: ['next'] } }, {}, null],
    ['a build whose checkout is nowhere', { treeName: { in: ['next'] } }, {}, false, { checkout: null }],
    [
      'a build of such a checkout',
      { gitCommitHash: { prefix: 'ab' } },
      {},
      true,
      { checkout: made.checkout({ gitCommitHash: HASH }) },
    ],
    ['what is false, whatever is open,', { treeName: { in: ['next'] }, origin: { in: ['x'] } }, {}, false],
    ['the same the other way round', { origin: { in: ['x'] }, treeName: { in: ['next'] } }, {}, false],
    ['what is true, as far as it is known,', { treeName: { in: ['next'] }, origin: { in: ['maestro'] } }, {}, null],
  ]);

  cases('test', made.test, [
    ['its build', { buildId: { in: ['maestro:build'] } }, {}, true],
    ['no status yet', { status: { in: [null] } }, { status: null }, true],
    ['a start within', { startTime: { from: T(7), to: T(9) } }, { startTime: T(8) }, true],
    ['a duration within', { duration: { to: 2 } }, { duration: 1 }, true],
    ['a test with an incident', { hasIncident: { is: true } }, {}, true, { hasIncident: true }],
    ['its own path', { path: { in: ['ltp'] } }, { path: 'ltp' }, true],
    ['the node itself', { path: { under: 'ltp' } }, { path: 'ltp' }, true],
    ['what lies below', { path: { under: 'ltp' } }, { path: 'ltp.open01' }, true],
    ['a name that only begins so', { path: { under: 'ltp' } }, { path: 'ltp-x' }, false],
    ['what lies above', { path: { under: 'ltp.open01' } }, { path: 'ltp' }, false],
    ['every path, below the root,', { path: { under: '' } }, { path: 'ltp.open01' }, true],
    ['no path, below the root,', { path: { under: '' } }, { path: null }, false],
    ['a beginning', { path: { prefix: 'ltp' } }, { path: 'ltp-mm.c' }, true],
    ['a beginning of a name below', { path: { prefix: 'ltp.op' } }, { path: 'ltp.open01' }, true],
    ['a beginning in other letters', { path: { prefix: 'LTP' } }, { path: 'ltp' }, false],
    ['what it only contains, as a beginning,', { path: { prefix: 'mm' } }, { path: 'ltp-mm.c' }, false],
    ['no path, by an empty beginning,', { path: { prefix: '' } }, { path: null }, false],
    ['what it contains, in capitals,', { path: { contains: 'MM.c' } }, { path: 'ltp-mm.c' }, true],
    ['a path in capitals', { path: { contains: 'mm.c' } }, { path: 'LTP-MM.C' }, true],
    ['what only a pattern would find', { path: { contains: 'l%c' } }, { path: 'ltp-mm.c' }, false],
    ['a letter that only Unicode takes for another', { path: { contains: '\u212a' } }, { path: 'k' }, false],
    ['no path, by what it contains,', { path: { contains: '' } }, { path: null }, false],
    ['two conditions, one of which fails,', { path: { prefix: 'ltp', contains: 'x' } }, { path: 'ltp-mm' }, false],
    ['a path in the list, elsewhere in the tree,', { path: { in: ['boot'], under: 'ltp' } }, { path: 'boot' }, false],
    [
      'its board',
      { platform: { in: ['rpi4'] } },
      { environment: { comment: null, compatible: null, misc: { platform: 'rpi4' } } },
      true,
    ],
    [
      'a board that is no text',
      { platform: { in: ['4'] } },
      { environment: { comment: null, compatible: null, misc: { platform: 4 } } },
      false,
    ],
    ['no environment', { platform: { in: ['rpi4'] } }, { environment: null }, false],
    [
      'one of its compatibles',
      { compatible: { in: ['b'] } },
      { environment: { comment: null, compatible: ['a', 'b'], misc: null } },
      true,
    ],
    ['no compatibles', { compatible: { in: ['b'] } }, { environment: null }, false],
    ['a measurement', { number: { from: -1, to: 1 } }, { number: { value: 0, unit: null, prefix: null } }, true],
    ['no measurement', { number: {} }, { number: null }, false],
    [
      'the architecture of its build',
      { architecture: { in: ['arm64'] } },
      {},
      true,
      { build: made.build({ architecture: 'arm64' }) },
    ],
    ['a test whose build is nowhere', { architecture: { in: ['arm64'] } }, {}, false, { build: null }],
    ['a test whose build is not at hand', { compiler: { in: ['gcc-14'] } }, {}, null, { checkout: null }],
    [
      'the tree of its checkout',
      { treeName: { in: ['next'] } },
      {},
      true,
      { checkout: made.checkout({ treeName: 'next' }) },
    ],
  ]);

  cases('issue', made.issue, [
    ['one of its categories', { category: { in: ['oops'] } }, { categories: ['warn', 'oops'] }, true],
    ['no categories', { category: { in: ['oops'] } }, { categories: [] }, false],
    ['its address', { reportUrl: { in: ['https://b.org/1'] } }, { reportUrl: 'https://b.org/1' }, true],
    ['its culprit', { culprit: { is: { code: true } } }, { culprit: { code: true, tool: null, harness: null } }, true],
    [
      'one culprit of two',
      { culprit: { is: { code: true, tool: true } } },
      { culprit: { code: true, tool: false, harness: null } },
      false,
    ],
    [
      'what nobody has judged, as not to blame,',
      { culprit: { is: { tool: false } } },
      { culprit: { code: true, tool: null, harness: null } },
      false,
    ],
    ['any culprit, by none,', { culprit: { is: {} } }, { culprit: null }, true],
    ['no culprit at all', { culprit: { is: { code: false } } }, { culprit: null }, false],
  ]);

  cases('incident', made.incident, [
    ['its issue', { issueId: { in: ['maestro:issue'] } }, {}, true],
    ['its version', { issueVersion: { in: [1, 2] } }, { issueVersion: 2 }, true],
    ['another version', { issueVersion: { in: [1] } }, { issueVersion: 2 }, false],
    ['its build', { buildId: { in: ['b'] } }, { buildId: 'b' }, true],
    ['no build', { buildId: { in: ['b'] } }, { buildId: null }, false],
    ['its test', { testId: { in: ['t'] } }, { testId: 't' }, true],
    ['what was seen', { present: { in: [true] } }, { present: true }, true],
    ['what nobody has looked at', { present: { in: [null] } }, { present: null }, true],
    ['the same, asked for what was ruled out,', { present: { in: [false] } }, { present: null }, false],
  ]);

  it('every operator of every field has a case that fits', () => {
    // The common fields have one rule for all.
    const tried = new Set([...TRIED, ...ENTITY_NAMES.flatMap((entity) => COMMON.map((one) => `${entity}.${one}`))]);
    const missing = ENTITY_NAMES.flatMap((entity) =>
      Object.entries(FILTER_FIELDS[entity]).flatMap(([field, { operators, of }]) =>
        // What is read of a parent has the rule of the parent's own field.
        operators.map((operator) => `${of === 'self' || of === 'incidents' ? entity : of}.${field} ${operator}`),
      ),
    ).filter((one) => !tried.has(one));
    expect(missing).toEqual([]);
  });
});

describe('filters in general', () => {
  const statuses = fc.constantFrom<Status | null>('PASS', 'FAIL', 'ERROR', 'MISS', 'DONE', 'SKIP', null);
  const builds = fc.record({
    status: statuses,
    architecture: fc.constantFrom('arm64', 'x86_64', null),
    duration: fc.constantFrom(0, 1, 2.5, null),
    startTime: fc.constantFrom(T(1), T(2), T(3), null),
  });
  const wheres: fc.Arbitrary<Filter<'build'>> = fc.record(
    {
      status: fc.record({ in: fc.array(statuses, { maxLength: 3 }) }),
      architecture: fc.record({ in: fc.subarray(['arm64', 'x86_64', 'riscv']) }),
      duration: fc.record(
        { from: fc.constantFrom(0, 1, 2.5), to: fc.constantFrom(0, 1, 2.5, 9) },
        { requiredKeys: [] },
      ),
      startTime: fc.record(
        { from: fc.constantFrom(T(1), T(2)), to: fc.constantFrom(T(2), T(4)) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );

  it('nothing asked for fits everything', () => {
    fc.assert(fc.property(builds, (given) => matches('build', made.build(given), null) === true));
    fc.assert(fc.property(builds, (given) => matches('build', made.build(given), {}) === true));
  });

  it('several fields fit where each of them does', () => {
    fc.assert(
      fc.property(builds, wheres, (given, where) => {
        const each = Object.entries(where).map(([field, filter]) =>
          matches('build', made.build(given), { [field]: filter }),
        );
        expect(matches('build', made.build(given), where)).toBe(each.every((fits) => fits === true));
      }),
    );
  });

  it('two ranges that meet share nothing and leave nothing out', () => {
    const bounds = fc.constantFrom(0, 0.5, 1, 2.5, 3);
    fc.assert(
      fc.property(builds, bounds, (given, bound) => {
        const [below, above] = [{ to: bound }, { from: bound }].map((duration) =>
          matches('build', made.build(given), { duration }),
        );
        expect(Number(below) + Number(above)).toBe(given.duration === null ? 0 : 1);
      }),
    );
  });

  it('a list fits where one of its members alone does', () => {
    fc.assert(
      fc.property(builds, fc.array(statuses), (given, list) => {
        const alone = list.map((status) => matches('build', made.build(given), { status: { in: [status] } }));
        expect(matches('build', made.build(given), { status: { in: list } })).toBe(alone.includes(true));
      }),
    );
  });

  it('knowing more never changes what was decided', () => {
    const checkouts = fc.constantFrom<Checkout | null>(made.checkout({ treeName: 'next' }), made.checkout({}), null);
    const trees = fc.record({ treeName: fc.record({ in: fc.subarray(['next', 'mainline']) }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(builds, wheres, trees, checkouts, (given, own, tree, parent) => {
        const where = { ...own, ...tree };
        const before = matches('build', made.build(given), where);
        const after = matches('build', made.build(given), where, { checkout: parent, hasIncident: true });
        expect(after).not.toBeNull();
        if (before !== null) expect(after).toBe(before);
      }),
    );
  });

  it('a field that does not exist is a mistake of the caller', () => {
    const where: Filter<'build'> & Filter<'test'> = { platform: { in: ['x'] } };
    expect(() => matches('build', made.build({}), where)).toThrow('There is no filter "platform" for a build.');
  });

  it('a field that is null or undefined does not filter', () => {
    const where: Filter<'build'> = JSON.parse('{"origin":null}');
    expect(matches('build', made.build({}), { ...where, status: undefined })).toBe(true);
  });
});

describe('the value that a filter compares', () => {
  it('is read of the object, or of what it hangs on', () => {
    const parent: Build = made.build({ architecture: 'arm64' });
    expect(filterValue('test', 'path', made.test({ path: 'ltp' }))).toBe('ltp');
    expect(filterValue('test', 'architecture', made.test({}), { build: parent })).toBe('arm64');
    expect(filterValue('test', 'architecture', made.test({}), { build: null })).toBeNull();
    expect(filterValue('test', 'hasIncident', made.test({}), { hasIncident: false })).toBe(false);
  });

  it('is undefined where that is left open, or there is no such field', () => {
    expect(filterValue('test', 'architecture', made.test({}))).toBeUndefined();
    expect(filterValue('test', 'gitCommitTags', made.test({}))).toBeUndefined();
  });

  it('is the whole culprit', () => {
    const culprit: Culprit = { code: true, tool: null, harness: null };
    expect(filterValue('issue', 'culprit', made.issue({ culprit }))).toEqual(culprit);
  });
});
