import { expect, it } from 'vitest';
import { SourceError, type SourceErrorCode } from '../../../adapters/contract/errors.ts';
import { renderReport, SourceReport } from '../../../gateway/federation/source-report.ts';

function fault(code: SourceErrorCode, message: string, id?: string): SourceError {
  return new SourceError(code, message, id === undefined ? {} : { id });
}

it('makes one error of what failed at one field of many items, at the first of them, and counts the places', () => {
  const report = new SourceReport();
  const down = fault('SOURCE_UNAVAILABLE', 'Down.');
  for (const index of [0, 1, 2]) report.fail('ci', down, ['builds', 'nodes', index, 'tests']);
  // Of its own in each call, as where every batch fails for itself.
  report.fail('ci', fault('SOURCE_UNAVAILABLE', 'Down.'), ['builds', 'nodes', 3, 'tests']);
  report.fail('ci', down, ['builds', 'nodes', 3, 'tests']);
  report.fail('ci', down, ['builds', 'nodes', 0, 'incidents']);
  expect(renderReport(report).errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ['builds', 'nodes', 0, 'tests'], code: 'SOURCE_UNAVAILABLE', source: 'ci', count: 4 },
    { path: ['builds', 'nodes', 0, 'incidents'], code: 'SOURCE_UNAVAILABLE', source: 'ci' },
  ]);
});

it('tells of one place the first failure of a source, and of every source', () => {
  const report = new SourceReport();
  report.fail('ci', fault('SOURCE_TIMEOUT', 'Late.'), ['nodes', 0, 'tests']);
  report.fail('ci', fault('SOURCE_UNAVAILABLE', 'Left alone for a while.'), ['nodes', 0, 'tests']);
  report.fail('ci', fault('SOURCE_UNAVAILABLE', 'Left alone for a while.'), ['nodes', 1, 'tests']);
  report.fail('lab', fault('SOURCE_UNAVAILABLE', 'Down.'), ['nodes', 0, 'tests']);
  expect(report.errors.map(({ source, message, path }) => [source, message, path?.[1]])).toEqual([
    ['ci', 'Late.', 0],
    ['ci', 'Left alone for a while.', 1],
    ['lab', 'Down.', 0],
  ]);
});

it('makes one error of the records with faults at a field, and keeps their ids', () => {
  const report = new SourceReport();
  for (const id of ['lab:1', 'lab:2', 'lab:3']) {
    const garbage = fault('SOURCE_BAD_DATA', `The test "${id}" is garbage.`, id);
    // The same record is met again and again.
    for (const index of [0, 1]) report.add('lab', garbage, ['builds', index, 'tests']);
  }
  report.fail('lab', fault('SOURCE_BAD_DATA', 'The build "lab:4" is garbage.', 'lab:4'), ['builds']);
  const { errors } = renderReport(report);
  expect(errors.map(({ message, path }) => ({ message, path }))).toEqual([
    {
      message:
        'The source "lab": The test "lab:1" is garbage. There are 2 more faults like this here, at "lab:2", "lab:3".',
      path: ['builds', 0, 'tests'],
    },
    { message: 'The source "lab": The build "lab:4" is garbage.', path: ['builds'] },
  ]);
  expect(errors[0]?.extensions).toEqual({
    code: 'SOURCE_BAD_DATA',
    source: 'lab',
    count: 3,
    faults: ['lab:1', 'lab:2', 'lab:3'].map((id) => ({ id, message: `The test "${id}" is garbage.` })),
  });
});

it('names a bounded number of records, and says how many more there are', () => {
  const report = new SourceReport();
  for (let id = 0; id < 1_000; id += 1) report.add('ci', fault('SOURCE_BAD_DATA', `Record ${id}.`, `${id}`), ['tests']);
  const { errors } = renderReport(report);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^The source "ci": Record 0\. There are 999 more faults like this here, at "1", .*"10" and 989 more\.$/,
    ),
  ]);
  expect(errors[0]?.extensions.faults).toHaveLength(20);
});

it('puts the name of the source into the sentence', () => {
  const sentences = {
    'The source did not answer within 8 s.': 'The source "cki" did not answer within 8 s.',
    'This source cannot list builds.': 'The source "cki" cannot list builds.',
    'More requests wait for the source than it answers.': 'More requests wait for the source "cki" than it answers.',
    'The database failed.': 'The source "cki": The database failed.',
    'The source "cki" failed.': 'The source "cki" failed.',
    'The comment "the source of it" is odd.': 'The source "cki": The comment "the source of it" is odd.',
  };
  const said = Object.keys(sentences).map((message) => {
    const report = new SourceReport();
    report.fail('cki', fault('SOURCE_UNAVAILABLE', message), ['tests']);
    return renderReport(report).errors[0]?.message;
  });
  expect(said).toEqual(Object.values(sentences));
});

it('keeps warnings out of the errors, since clients throw data away that comes with errors', () => {
  const report = new SourceReport();
  report.add('ci', fault('SOURCE_TRUNCATED', 'The source cut it.'), ['tests']);
  expect(renderReport(report)).toEqual({
    errors: [],
    extensions: {
      sources: {},
      warnings: [
        {
          message: 'The source "ci" cut it.',
          path: ['tests'],
          extensions: { code: 'SOURCE_TRUNCATED', source: 'ci' },
        },
      ],
    },
  });
});

it('makes one warning of each reason for which a field was cut', () => {
  const report = new SourceReport();
  for (const index of [0, 1]) {
    for (const reason of ['Too many.', 'Too old.']) {
      report.add('ci', fault('SOURCE_TRUNCATED', reason), ['builds', index, 'tests']);
    }
  }
  expect(report.warnings.map(({ message, count, path }) => [message, count, path?.[1]])).toEqual([
    ['Too many.', 2, 0],
    ['Too old.', 2, 0],
  ]);
});

it('gives what a source cannot do as a warning or as an error, each with the field', () => {
  const report = new SourceReport();
  const unable = fault('SOURCE_UNSUPPORTED', 'This source cannot filter tests by treeName.');
  for (const index of [0, 1]) report.warn('ci', unable, ['builds', 'nodes', index, 'tests']);
  report.fail('lab', unable, ['tests']);
  const { errors, extensions } = renderReport(report);
  expect(errors.map(({ message, path, extensions }) => ({ message, path, extensions }))).toEqual([
    {
      message: 'The source "lab" cannot filter tests by treeName.',
      path: ['tests'],
      extensions: { code: 'SOURCE_UNSUPPORTED', source: 'lab', field: 'tests' },
    },
  ]);
  expect(extensions.warnings).toEqual([
    {
      message: 'The source "ci" cannot filter tests by treeName.',
      path: ['builds', 'nodes', 0, 'tests'],
      extensions: { code: 'SOURCE_UNSUPPORTED', source: 'ci', field: 'tests', count: 2 },
    },
  ]);
});

it('is bounded, and says how much it leaves out', () => {
  const report = new SourceReport();
  for (let alias = 0; alias < 1_000; alias += 1) report.fail('ci', fault('SOURCE_TIMEOUT', 'Late.'), [`tests${alias}`]);
  const { errors, extensions } = renderReport(report);
  expect(errors).toHaveLength(200);
  expect(extensions.warnings?.map(({ message }) => message)).toEqual([
    'The source "ci" has 800 more faults like these, which are not listed.',
  ]);
});

it('counts the records of a source that could not be understood, each once', () => {
  const report = new SourceReport();
  for (const id of ['lab:1', 'lab:2', 'lab:1']) {
    for (const path of [['tests'], ['builds']]) {
      report.add('lab', new SourceError('SOURCE_BAD_DATA', `${id} is garbage.`, { id }), path);
    }
  }
  report.add('lab', new SourceError('SOURCE_BAD_DATA', 'The answer is a page of HTML.'), ['tests']);
  expect(renderReport(report).extensions.sources).toMatchObject({ lab: { refused: 2 } });
});
