import { z } from '../kit/author.ts';

const path = (otherwise: string, says: string) => z.string().startsWith('/').default(otherwise).describe(says);
const name = (otherwise: string, says: string) => z.string().min(1).default(otherwise).describe(says);

const PATHS = z
  .strictObject({
    checkouts: path('/kcidb/checkouts', 'All checkouts, page by page.'),
    checkout: path('/kcidb/checkouts/{id}', 'A checkout by its id, or the number that the DataWarehouse gave it.'),
    builds: path('/kcidb/checkouts/{id}/builds', 'The builds of a checkout, page by page.'),
    all: path('/kcidb/checkouts/{id}/all', 'A checkout with all below it, in one document; asked where `all` is on.'),
    build: path('/kcidb/builds/{id}', 'A build.'),
    tests: path('/kcidb/builds/{id}/tests', 'The tests of a build, page by page.'),
    test: path('/kcidb/tests/{id}', 'A test.'),
    buildOccurrences: path('/kcidb/builds/{id}/issues/occurrences', 'Where issues occurred in a build.'),
    testOccurrences: path('/kcidb/tests/{id}/issues/occurrences', 'Where issues occurred in a test.'),
    issues: path('/issue', 'All issues, page by page.'),
    issue: path('/issue/{id}', 'An issue by its number.'),
  })
  .prefault({})
  .meta({ kind: 'paths below `prefix`' })
  .describe('Where things lie; `{id}` stands for an id.');

const ENVELOPE = z
  .strictObject({
    limit: name('limit', 'The parameter by which a page size is asked for.'),
    offset: name('offset', 'The parameter by which rows are counted.'),
    results: name('results', 'The key of the rows in a page.'),
    count: name('count', 'The key of the number of all rows.'),
    next: name('next', 'The key of the link to the next page, which is null on the last; it is never followed.'),
    previous: name('previous', 'The key of the link to the page before, which is null on the first.'),
  })
  .prefault({})
  .meta({ kind: 'names of parameters and keys' })
  .describe('How lists are paged through.');

/** What a source of this adapter is configured with. The guesses about the DataWarehouse can all be put right here. */
export const options = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'It must be a URL that starts with `http://` or `https://`.' })
    .describe('The DataWarehouse, such as `https://datawarehouse.cki-project.org`.'),
  token: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'It must be of visible characters.')
    .optional()
    .describe('Shows what the public must not see; without it reading works too.'),
  authScheme: name('Token', 'What stands before the token in the `Authorization` header.'),
  prefix: z.string().startsWith('/').default('/api/1').describe('Where the REST interface begins.'),
  paths: PATHS,
  paging: ENVELOPE,
  pageSize: z.int().min(2).max(1000).default(100).describe('Rows that a request asks for; fewer are taken as well.'),
  origin: z
    .string()
    .regex(/^[a-z0-9_]+$/, 'It must be of small letters, digits and underscores.')
    .default('redhat')
    .describe('The origin of what the DataWarehouse holds; its ids begin with it.'),
  webUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people look at issues; `url` where left out.'),
  issueTimes: z
    .array(z.string().min(1))
    .default([
      'last_edited_at',
      'edited_at',
      'last_modified_at',
      'modified_at',
      'last_updated_at',
      'updated_at',
      'resolved_at',
      'created_at',
    ])
    .meta({ kind: 'a list of texts' })
    .describe('Keys of an issue that tell when it was changed: the latest of them is its version.'),
  all: z
    .boolean()
    .default(false)
    .describe('Read a checkout with all below it at once, where the DataWarehouse answers that.'),
  maxCheckouts: z.int().min(1).default(50_000).describe('Checkouts that the index by commit holds, the newest.'),
  maxObjects: z.int().min(100).default(100_000).describe('Objects kept on disk beside these.'),
  maxDisk: z
    .int()
    .min(1_000_000)
    .default(512 * 1024 * 1024)
    .describe('Bytes that the index and the objects each take on disk.'),
  refresh: z.int().min(50).default(60_000).describe('Milliseconds between two looks for new checkouts.'),
  resweep: z.int().min(1000).default(86_400_000).describe('Milliseconds after which all checkouts are read again.'),
  freshness: z.int().min(0).default(120_000).describe('Milliseconds for which what was read counts as fresh.'),
});
export type CkiOptions = z.output<typeof options>;
