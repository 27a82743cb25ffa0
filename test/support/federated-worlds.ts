import fc from 'fast-check';
import type { Paging } from '../../adapters/contract/adapter.ts';
import { STATUSES, type Test } from '../../adapters/contract/model.ts';
import type { ArrayDocument, ArrayOptions } from './array-adapter.ts';
import { test } from './model-objects.ts';

/** Some sources that hold copies of the same tests, by priority. */
export interface World {
  readonly sources: readonly ArrayOptions[];
  readonly documents: readonly ArrayDocument[];
}

export interface WorldOptions {
  readonly paging?: readonly Paging[];
  /** What the sources filter themselves; everything where left out. */
  readonly filters?: readonly string[];
}

const TIMES = [0, 1, 2, 3, 4, 5, 6, 7].map((minute) => `2026-01-20T12:0${minute}:00.000000Z`);

function testOf(id: string, given: Partial<Test>): ArrayDocument {
  const made = test({ ...given, id: `lab:${id}` });
  if (made.entity !== 'test') throw new Error('A test is no test.');
  return made;
}

/** Few ids and fewer times, so that copies, ties and missing times are the rule. */
const DOCUMENT = fc
  .record({
    id: fc.constantFrom(...'abcdefghijklmnopqrst', 'é', '\u{1f600}', '\uffee'),
    startTime: fc.option(fc.constantFrom(...TIMES), { freq: 5 }),
    status: fc.option(fc.constantFrom(...STATUSES.slice(0, 2)), { freq: 5 }),
  })
  .map(({ id, ...given }) => testOf(id, given));

/** Random worlds of one to four sources. */
export function worlds({ paging = ['keyset', 'offset', 'full'], filters }: WorldOptions = {}): fc.Arbitrary<World> {
  const source = fc.record({
    documents: fc.uniqueArray(DOCUMENT, { selector: ({ object }) => object.id, maxLength: 22 }),
    paging: fc.constantFrom(...paging),
    arrival: fc.boolean(),
    maxPage: fc.constantFrom(3, 7, 100),
    maxKeys: fc.constantFrom(2, 10, 100),
  });
  return fc.array(source, { minLength: 1, maxLength: 4 }).map((sources) => ({
    sources: sources.map((one) => ({ ...one, ...(filters === undefined ? {} : { filters }) })),
    documents: sources.flatMap(({ documents }) => documents),
  }));
}
