import { expect, it } from 'vitest';
import { SourceError } from '../../../adapters/errors.ts';
import { renderReport, SourceReport } from '../../../gateway/federation/source-report.ts';

it('tells one failed call once a field, at the first of the parents that it served', () => {
  const report = new SourceReport();
  const error = new SourceError('SOURCE_UNAVAILABLE', 'Down.');
  for (const index of [0, 1, 2]) report.fail('ci', error, ['builds', 'nodes', index, 'tests']);
  report.fail('ci', error, ['builds', 'nodes', 0, 'incidents']);
  expect(renderReport(report).errors.map(({ path }) => path)).toEqual([
    ['builds', 'nodes', 0, 'tests'],
    ['builds', 'nodes', 0, 'incidents'],
  ]);
});

it('tells faults of single parents each at its own', () => {
  const report = new SourceReport();
  for (const index of [0, 1])
    report.fail('ci', new SourceError('SOURCE_BAD_DATA', 'Garbage.'), ['nodes', index, 'tests']);
  expect(report.errors.map(({ path }) => path)).toEqual([
    ['nodes', 0, 'tests'],
    ['nodes', 1, 'tests'],
  ]);
});

it('tells of one place the first failure of a source, and of every source', () => {
  const report = new SourceReport();
  report.fail('ci', new SourceError('SOURCE_TIMEOUT', 'Late.'), ['revision']);
  report.fail('ci', new SourceError('SOURCE_UNAVAILABLE', 'Left alone for a while.'), ['revision']);
  report.fail('lab', new SourceError('SOURCE_UNAVAILABLE', 'Down.'), ['revision']);
  for (const id of ['lab:1', 'lab:2'])
    report.fail('lab', new SourceError('SOURCE_BAD_DATA', `${id} is garbage.`, { id }), ['revision']);
  expect(report.errors.map(({ source, message }) => [source, message])).toEqual([
    ['ci', 'Late.'],
    ['lab', 'Down.'],
    ['lab', 'lab:1 is garbage.'],
    ['lab', 'lab:2 is garbage.'],
  ]);
});

it('keeps warnings out of the errors, since clients throw data away that comes with errors', () => {
  const report = new SourceReport();
  report.add('ci', new SourceError('SOURCE_TRUNCATED', 'Cut.'), ['tests']);
  expect(renderReport(report)).toEqual({
    errors: [],
    extensions: {
      sources: {},
      warnings: [{ message: 'Cut.', path: ['tests'], extensions: { code: 'SOURCE_TRUNCATED', source: 'ci' } }],
    },
  });
});

it('is bounded, and says how much it leaves out', () => {
  const report = new SourceReport();
  for (let id = 0; id < 1_000; id += 1)
    report.add('ci', new SourceError('SOURCE_BAD_DATA', `Record ${id}.`), ['tests']);
  const { errors, extensions } = renderReport(report);
  expect(errors).toHaveLength(200);
  expect(extensions.warnings?.map(({ message }) => message)).toEqual([
    'There were 800 more faults like these, which are not listed.',
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
