// Prints how large the gateway and the adapters are, beside the goals. Fails where a figure is worse than its bound.
// `node bin/runtime.js scripts/house.ts`
import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsWithin } from './check-imports.ts';

interface Figure {
  readonly name: string;
  readonly goal: number;
  /** The worst value that passes. Tighten it when the figure gets better. */
  readonly bound: number;
  /** Set where more is better. */
  readonly isMinimum?: boolean;
}

const FIGURES = {
  files: { name: 'source files in gateway and adapters', goal: 330, bound: 330 },
  meanLines: { name: 'mean lines of a file', goal: 90, bound: 130, isMinimum: true },
  largestFolder: { name: 'source files in the largest folder', goal: 16, bound: 16 },
  circles: { name: 'import circles', goal: 0, bound: 5 },
  hiddenState: { name: 'uses of WeakMap, WeakSet and AsyncLocalStorage', goal: 0, bound: 7 },
  oneBuild: { name: 'files that a build id over one source runs through', goal: 40, bound: 63 },
  filteredList: { name: 'files that a filtered list over two sources runs through', goal: 60, bound: 84 },
  submission: { name: 'files that a small submission runs through', goal: 35, bound: 47 },
} satisfies Readonly<Record<string, Figure>>;
type Measured = { readonly [F in keyof typeof FIGURES]: number };

/** One file a behaviour, or one a GraphQL type: such folders may be as large as they are. */
const ANY_SIZE: ReadonlySet<string> = new Set(['adapters/kit/conformance/behaviours', 'gateway/graphql/resolvers']);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(ROOT, 'examples/documents/acme-nightly.json');
const CONFIG = `listen: { host: 127.0.0.1, port: 0 }
sources:
  native: { adapter: postgres, url: "embedded:./data" }
  documents: { adapter: file, path: ./documents }
submit: { into: native, openSubmit: true }
log: { level: error }
`;
const ONE_BUILD = '{ build(id: "acme:build-1041-arm64", sources: ["native"]) { id architecture status } }';
const FILTERED_LIST = '{ tests(first: 20, filter: { status: [FAIL] }) { nodes { id path status sources } } }';

function measureSources(): Omit<Measured, 'oneBuild' | 'filteredList' | 'submission'> {
  const files = globSync('{gateway,adapters}/**/*.ts', { cwd: ROOT }).filter((file) => !file.includes('/generated/'));
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  const uses = texts.map((text) => text.match(/\bnew (?:WeakMap|WeakSet|AsyncLocalStorage)\b/g)?.length ?? 0);
  const folders = Object.groupBy(files, (file) => dirname(file));
  const sizes = Object.entries(folders).map(([folder, held = []]) => (ANY_SIZE.has(folder) ? 0 : held.length));
  return {
    files: files.length,
    meanLines: Math.round((10 * lines) / files.length) / 10,
    largestFolder: Math.max(...sizes),
    circles: countCircles(importsWithin(ROOT)),
    hiddenState: uses.reduce((sum, count) => sum + count, 0),
  };
}

/** The groups of files that import each other, directly or through others (Tarjan's algorithm). */
export function countCircles(imports: readonly (readonly [file: string, target: string])[]): number {
  const targets = Map.groupBy(imports, ([file]) => file);
  const indexes = new Map<string, number>();
  const open: string[] = [];
  let circles = 0;
  const visit = (file: string): number => {
    const index = indexes.size;
    indexes.set(file, index);
    open.push(file);
    let lowest = index;
    for (const [, target] of targets.get(file) ?? []) {
      const known = indexes.get(target);
      if (known === undefined) lowest = Math.min(lowest, visit(target));
      else if (open.includes(target)) lowest = Math.min(lowest, known);
    }
    if (lowest === index && open.splice(open.indexOf(file)).length > 1) circles += 1;
    return lowest;
  };
  for (const file of targets.keys()) if (!indexes.has(file)) visit(file);
  return circles;
}

/** Counts the files that run for a request, in a gateway as an operator starts it. */
async function measureRequests(): Promise<Pick<Measured, 'oneBuild' | 'filteredList' | 'submission'>> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-house-'));
  await mkdir(join(folder, 'documents'));
  await copyFile(DOCUMENT, join(folder, 'documents/acme-nightly.json'));
  await writeFile(join(folder, 'kcigraph.yaml'), CONFIG);
  const preloaded = ['--import', new URL('visits.ts', import.meta.url).href];
  const gateway = spawn(process.execPath, [...preloaded, join(ROOT, 'gateway/cli/main.ts'), 'serve'], {
    cwd: folder,
    env: { ...process.env, KCIGRAPH_CONFIG: join(folder, 'kcigraph.yaml') },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(gateway, 'exit');
  try {
    const url = await addressOf(gateway);
    const submit = () => post(`${url}/submit`, readFileSync(DOCUMENT, 'utf8'));
    const ask = (query: string) => post(`${url}/graphql`, JSON.stringify({ query }));
    return {
      submission: await countVisited(gateway, submit),
      oneBuild: await countVisited(gateway, () => ask(ONE_BUILD)),
      filteredList: await countVisited(gateway, () => ask(FILTERED_LIST)),
    };
  } finally {
    gateway.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function addressOf(gateway: ChildProcess): Promise<string> {
  let output = '';
  if (gateway.stdout === null) throw new Error('The output of the gateway is not read.');
  for await (const [chunk] of on(gateway.stdout, 'data', { close: ['end'] })) {
    output += String(chunk);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`The gateway ended before it served: ${output}`);
}

/** Of the files that run each time: the first times also compile the query, and background tasks run beside any of them. */
async function countVisited(gateway: ChildProcess, request: () => Promise<void>): Promise<number> {
  await request();
  await request();
  await visitedBy(gateway);
  await request();
  let visited = await visitedBy(gateway);
  for (let time = 0; time < 3; time += 1) {
    await request();
    visited = visited.intersection(await visitedBy(gateway));
  }
  return visited.size;
}

async function visitedBy(gateway: ChildProcess): Promise<ReadonlySet<string>> {
  const answer = once(gateway, 'message');
  gateway.send('visited');
  const [files] = await answer;
  return new Set<string>(files);
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await answer.text();
  if (!answer.ok || text.includes('"errors"')) throw new Error(`The gateway answered ${answer.status}: ${text}`);
}

function isWorse({ bound, isMinimum = false }: Figure, value: number): boolean {
  return isMinimum ? value < bound : value > bound;
}

if (import.meta.main) {
  const measured: Measured = { ...measureSources(), ...(await measureRequests()) };
  for (const [key, value] of Object.entries(measured)) {
    const figure: Figure | undefined = Reflect.get(FIGURES, key);
    if (figure === undefined) continue;
    const worse = isWorse(figure, value) ? `; WORSE than the bound ${figure.bound}` : '';
    process.stdout.write(`${figure.name}: ${value} (goal: ${figure.goal}${worse})\n`);
    if (worse !== '') process.exitCode = 1;
  }
}
