/** Runs the query of the walk over two sources, and prints which files ran, in order. It needs `visits.ts` preloaded. */
import { scaledObjects } from '../e2e/three-sources/scaled-objects.ts';
import { startThreeSources } from '../e2e/three-sources/three-sources.ts';
import { startPostgres } from '../support/postgres.ts';
import { visited } from './visits.ts';

const QUERY = '{ build(id: "acme:build-1", sources: ["native", "documents"]) { id architecture sources } }';

const postgres = await startPostgres();
const gateway = await startThreeSources({
  databases: [await postgres.migrated(), await postgres.migrated()],
  objects: () => scaledObjects(1),
  paging: 'keyset',
});
try {
  // Seen twice, a query is compiled; and the documents are there.
  for (let time = 0; time < 3; time += 1) await gateway.ask(QUERY);
  visited();
  const { text } = await gateway.ask(QUERY);
  process.stdout.write(`${JSON.stringify({ answer: JSON.parse(text), files: visited() })}\n`);
} finally {
  await gateway.close();
  await postgres.stop();
}
