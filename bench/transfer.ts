/**
 * Bytes and time of answers as they are, as gzip and as brotli, and of conditional requests, over one gateway in turn.
 * `node bin/runtime.js bench/transfer.ts [--rounds 200]`
 */
import { parseArgs } from 'node:util';
import { Client } from 'undici';
import { discardGateway, type GatewayProcess, startGateway } from '../test/support/gateway-process.ts';
import { documentOf } from './documents.ts';

const DOCUMENTS = 60;
const WARM_UP = 30;
const KINDS = [
  ['identity', { 'accept-encoding': 'identity' }],
  ['gzip', { 'accept-encoding': 'gzip' }],
  ['br', { 'accept-encoding': 'br' }],
  ['304', { 'accept-encoding': 'br', 'if-none-match': '*' }],
] as const;
const TEST = 'id path status startTime duration origin environment { comment compatible }';
const QUERIES = {
  'one test': `{ tests(first: 1) { nodes { ${TEST} } } }`,
  '25 tests': `{ tests(first: 25) { nodes { ${TEST} } } }`,
  '500 tests': `{ tests(first: 500) { nodes { ${TEST} build { id architecture configName compiler } } } }`,
  '50 builds with 100 tests each': `{ builds(first: 50) { nodes { id status tests(first: 100) { nodes { ${TEST} } } } } }`,
};

const { values } = parseArgs({ options: { rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 200);
const gateway = await startGateway();
const client = new Client(gateway.url);
try {
  await load(gateway);
  for (const [name, query] of Object.entries(QUERIES)) console.log(`${name}: ${await compare(query)}`);
} finally {
  await client.close();
  await discardGateway(gateway);
}

async function load(target: GatewayProcess): Promise<void> {
  for (let number = 0; number < DOCUMENTS; number++) {
    const body = JSON.stringify(documentOf(number));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${target.url}/submit`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`A document was refused: ${await answer.text()}`);
  }
}

/** The kinds take turns, so that what else the machine does meets all of them. */
async function compare(query: string): Promise<string> {
  const times = KINDS.map((): number[] => []);
  const sizes = KINDS.map(() => 0);
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [index, [, headers]] of KINDS.entries()) {
      const started = performance.now();
      sizes[index] = await get(query, headers);
      if (round >= 0) times[index]?.push(performance.now() - started);
    }
  }
  const plain = median(times[0] ?? []);
  return KINDS.map(([kind], index) => {
    const ms = median(times[index] ?? []);
    const bytes = sizes[index] ?? 0;
    const smaller = bytes === 0 ? '' : `, ${((sizes[0] ?? 0) / bytes).toFixed(1)} times smaller`;
    return `${kind} ${bytes} bytes${smaller}, p50 ${ms.toFixed(2)} ms (${(ms / plain).toFixed(2)})`;
  }).join('; ');
}

async function get(query: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { body } = await client.request({
    method: 'GET',
    path: `/graphql?${new URLSearchParams({ query })}`,
    headers: { ...headers, 'apollo-require-preflight': 'true' },
  });
  return (await body.arrayBuffer()).byteLength;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
