import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** The invented CI system: runs of a tree, jobs of a run, results of a job, each list newest first, counted in rows. */
const START = Date.UTC(2026, 1, 1, 10);
const MINUTE = 60_000;
const PAGE = 100;

interface Row {
  readonly id: number;
  readonly started: number | null;
  readonly [field: string]: unknown;
}

const commit = (n: number): string =>
  `${n.toString(16).padStart(2, '0')}5e1f0a7c2b9d4e6f8a0b1c2d3e4f5a6b7c8d9e`.slice(0, 40);

const runs: readonly Row[] = Array.from({ length: 30 }, (_, n) => ({
  id: n + 1,
  tree: n % 2 === 0 ? 'mainline' : 'next',
  repo: 'git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
  commit: commit(n % 6),
  branch: 'master',
  started: START + n * 10 * MINUTE,
  pool: `pool-${n % 3}`,
}));
const jobs: readonly Row[] = Array.from({ length: 90 }, (_, n) => ({
  id: n + 1,
  run: (n % 30) + 1,
  arch: n % 2 === 0 ? 'x86_64' : 'arm64',
  toolchain: 'gcc-14',
  state: n % 9 === 0 ? 'queued' : n % 7 === 0 ? 'broken' : 'ok',
  started: n % 9 === 0 ? null : START + n * 3 * MINUTE,
  took_ms: n % 9 === 0 ? null : 61_500 + n,
  artifacts: n % 4 === 0 ? { bzImage: `https://files.acme.example/${n}/bzImage` } : {},
}));
const OUTCOMES = ['passed', 'failed', 'crashed', 'skipped', 'running'] as const;
const results: readonly Row[] = Array.from({ length: 400 }, (_, n) => ({
  id: n + 1,
  job: (n % 80) + 1,
  suite: n % 3 === 0 ? 'ltp' : 'boot',
  case: n % 3 === 0 ? `syscalls.case${n % 20}` : '',
  outcome: OUTCOMES[n % OUTCOMES.length],
  started: START + n * MINUTE,
  board: n % 2 === 0 ? 'rpi4' : null,
  score: n % 10 === 0 ? n / 4 : null,
}));

const LISTS: Readonly<Record<string, { readonly rows: readonly Row[]; readonly filters: readonly string[] }>> = {
  '/api/runs': { rows: runs, filters: ['id', 'commit', 'tree'] },
  '/api/jobs': { rows: jobs, filters: ['id', 'run'] },
  '/api/results': { rows: results, filters: ['id', 'job'] },
};

export interface AcmeServer {
  readonly url: string;
  /** Requests answered so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function startAcmeServer(): Promise<AcmeServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://acme.example');
  const list = LISTS[url.pathname];
  const isKnown = request.headers.authorization === 'Bearer let-me-in';
  if (!isKnown || list === undefined) {
    send(response, isKnown ? 404 : 401, { error: isKnown ? 'no such thing' : 'no token' });
    return;
  }
  let rows = list.rows.toSorted(newestFirst);
  for (const filter of list.filters) {
    const wanted = url.searchParams.get(filter)?.split(',');
    if (wanted !== undefined) rows = rows.filter((row) => wanted.includes(String(row[filter])));
  }
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Math.min(PAGE, Number(url.searchParams.get('limit') ?? 20));
  send(response, 200, { total: rows.length, rows: rows.slice(offset, offset + limit) });
}

function newestFirst(one: Row, other: Row): number {
  return (other.started ?? -1) - (one.started ?? -1) || one.id - other.id;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
