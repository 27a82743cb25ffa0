import { EJSON } from 'bson';
import { describe, expect, it } from 'vitest';
import { legacyDocuments } from '../../../../examples/generators/kernelci/legacy.ts';
import { maestroDocuments } from '../../../../examples/generators/kernelci/maestro.ts';

const legacy = [...legacyDocuments({ seed: 7, tests: 3000 })];
const maestro = [...maestroDocuments({ seed: 7, nodes: 3000 })];

describe.each([
  ['legacy', legacy, () => legacyDocuments({ seed: 7, tests: 3000 }), () => legacyDocuments({ seed: 8, tests: 300 })],
  [
    'Maestro',
    maestro,
    () => maestroDocuments({ seed: 7, nodes: 3000 }),
    () => maestroDocuments({ seed: 8, nodes: 300 }),
  ],
])('the generator of %s documents', (_, documents, again, other) => {
  it('gives the same documents for the same seed, and others for another', () => {
    const text = (all: Iterable<object>) => EJSON.stringify([...all].slice(0, 300));
    expect(text(again())).toBe(text(documents));
    expect(text(other())).not.toBe(text(documents));
  });

  it('gives every document an id of its own', () => {
    expect(new Set(documents.map(({ collection, document }) => `${collection} ${document._id}`)).size).toBe(
      documents.length,
    );
  });

  it('begins with the same documents whatever their number', () => {
    const [first] = again();
    expect(EJSON.stringify(first)).toBe(EJSON.stringify(documents[0]));
  });
});

const years = (dates: readonly unknown[]) =>
  new Set(dates.map((date) => (date instanceof Date ? date.getUTCFullYear() : 0)));

describe('the shapes of the legacy documents', () => {
  const of = (collection: string) =>
    legacy.filter((one) => one.collection === collection).map(({ document }) => document);

  it.each([
    'job',
    'build',
    'test_group',
    'test_case',
    'test_regression',
    'bisect',
    'error_logs',
    'boot',
    'test_suite',
    'test_set',
  ])('hold %s', (collection) => {
    expect(of(collection).length).toBeGreaterThan(0);
  });

  it('span the years', () => {
    const found = years(of('build').map(({ created_on }) => created_on));
    for (const year of [2015, 2017, 2018, 2019, 2020, 2023]) expect(found).toContain(year);
  });

  it.each([
    ['a revision without a commit', () => of('job').some(({ git_commit }) => git_commit === null)],
    ['one commit in several trees', () => new Set(of('job').map((job) => job.git_commit)).size < of('job').length - 3],
    ['a field that is absent', () => of('build').some((build) => !('build_environment' in build))],
    ['fragments as text', () => of('build').some(({ kconfig_fragments }) => typeof kconfig_fragments === 'string')],
    ['fragments as a list', () => of('build').some(({ kconfig_fragments }) => Array.isArray(kconfig_fragments))],
    ['a build without its revision', () => of('build').some(({ job_id }) => job_id === null)],
    ['a group without its build', () => of('test_group').some(({ build_id }) => build_id === null)],
    ['a group that is its own parent', () => of('test_group').some(({ _id, parent_id }) => _id.equals(parent_id))],
    [
      'a case that is listed twice',
      () => of('test_group').some(({ test_cases }) => new Set(test_cases.map(String)).size < test_cases.length),
    ],
    [
      'groups below groups below groups',
      () => of('test_case').some(({ test_case_path }) => /\..*\..*\./.test(test_case_path)),
    ],
    ['a duration that is no date', () => of('test_group').some(({ time }) => time === -1)],
    [
      'a case without copies of its group',
      () => of('test_case').some((one) => !('job' in one) && 'test_group_id' in one),
    ],
    ['a case of a suite', () => of('test_case').some((one) => 'test_suite_id' in one)],
    ['a regression that goes on', () => of('test_regression').some(({ regressions }) => regressions.length > 2)],
  ])('hold %s', (_, holds) => {
    expect(holds()).toBe(true);
  });
});

describe("the shapes of Maestro's nodes", () => {
  const nodes = maestro.map(({ document }) => document);

  it.each(['checkout', 'kbuild', 'job', 'test', 'process', 'regression', 'node'])('hold the kind %s', (kind) => {
    expect(nodes.some((node) => node.kind === kind)).toBe(true);
  });

  it.each([
    ['a patch set below a checkout', () => nodes.some(({ kind, parent }) => kind === 'checkout' && parent !== null)],
    [
      'a checkout of which all else is gone',
      () =>
        nodes.some(
          ({ _id, kind }) =>
            kind === 'checkout' &&
            !nodes.some(({ parent }) => parent !== null && parent !== undefined && _id.equals(parent)),
        ),
    ],
    ['a retry', () => nodes.some(({ kind, retry_counter }) => kind === 'job' && retry_counter > 0)],
    ['a node without a result', () => nodes.some(({ kind, result }) => kind === 'kbuild' && result === null)],
    ['an infrastructure error', () => nodes.some(({ data }) => data?.error_code === 'Infrastructure')],
    ['a node that was never updated', () => nodes.some((node) => !('id' in node))],
    ['ids as text within data', () => nodes.some(({ data }) => typeof data?.fail_node === 'string')],
    ['artifacts that are null', () => nodes.some(({ artifacts }) => artifacts === null)],
    ['a test that hangs from a checkout', () => nodes.some(({ path }) => path[1] === 'kunit-x86_64')],
    ['the status of 2022', () => nodes.some((node) => 'status' in node)],
    ['versions as text', () => nodes.some(({ revision }) => revision?.version.version === '6')],
    ['a git URL', () => nodes.some(({ data }) => data?.kernel_revision?.url?.startsWith('git://'))],
  ])('hold %s', (_, holds) => {
    expect(holds()).toBe(true);
  });
});
