/** `node commit.ts ENDPOINT HASH`: is this commit good, and who has not answered? */
import { describeCommit, describeFailedTest, describeFailure } from '../describe.ts';
import { CommitDocument } from '../generated/operations.ts';
import { createClient } from './client.ts';

const [endpoint = 'http://127.0.0.1:4000/graphql', hash = ''] = process.argv.slice(2);
const client = createClient(endpoint);
let after: string | null = null;
do {
  const { revision, failures } = await ask(after);
  if (after === null) console.log(describeCommit(hash, revision));
  for (const test of revision?.tests.nodes ?? []) console.log(describeFailedTest(test));
  for (const failure of failures) console.log(describeFailure(failure));
  after = revision?.tests.pageInfo.hasNextPage === true ? revision.tests.pageInfo.endCursor : null;
} while (after !== null);

async function ask(after: string | null) {
  // urql keeps `data` beside `error`: what the other sources gave is there.
  const { data, error } = await client.query(CommitDocument, { hash, after });
  // No way to the gateway, or a question that was refused as a whole.
  if (data === undefined) throw error ?? new Error('There was no answer.');
  return { revision: data.revision, failures: error?.graphQLErrors ?? [] };
}
