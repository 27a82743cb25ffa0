// Asks a gateway many distinct queries, each twice, so that each is parsed, compiled and kept: a process of its own, whose
// heap the test bounds.
import { createExecutor } from '../../../gateway/graphql/schema.ts';
import { ask, startServer } from './start-server.ts';

const FIELDS =
  'id origin timestamp path status startTime duration comment misc verdict logUrl nodeId build { id origin }';

const engines: string[] = [];
await using server = await startServer({ executor: createExecutor({ onExecuted: (engine) => engines.push(engine) }) });
const queries = Number(process.argv[2]);
for (let n = 0; n < queries; n++) {
  const lists = Array.from({ length: 45 }, (_, at) => `q${n}x${at}: tests(first: 1) { nodes { ${FIELDS} } }`);
  const query = `query Q${n} { ${lists.join(' ')} }`;
  for (let time = 0; time < 2; time++) await ask(server.url, query);
}
process.stdout.write(JSON.stringify({ compiled: engines.filter((engine) => engine === 'jit').length }));
