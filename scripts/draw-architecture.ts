// Draws docs/images/architecture.svg from the imports as they are; `--check` fails on a difference.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importedLayers } from './check-imports.ts';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

interface Place {
  readonly x: number;
  readonly y: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = fileURLToPath(new URL('../docs/images/architecture.svg', import.meta.url));
/** Where the files of a layer lie. */
const PLACES: Readonly<Record<string, string>> = {
  'command line': 'gateway/cli',
  app: 'gateway/app',
  config: 'gateway/config',
  http: 'gateway/http',
  graphql: 'gateway/graphql',
  resolvers: 'gateway/graphql/resolvers',
  federation: 'gateway/federation',
  ingest: 'gateway/ingest',
  'adapter registry': 'gateway/federation/adapter-modules.ts',
  adapters: 'adapters/*/',
  'embedded server': 'adapters/embedded-postgres',
  kit: 'adapters/kit',
  contract: 'adapters/contract',
  'event loop': 'adapters/kit/yield-to-event-loop.ts',
};
/** What is generated from the schema, and a class that several layers use, are not a step on the way of anything. */
const LEFT_OUT: readonly string[] = ['generated', 'swappable'];
const BOX = { width: 370, height: 52, across: 420, down: 88, margin: 20 };

/** The picture of a graph of layers: each layer is above those that it imports from. */
export function drawLayers(graph: Graph, adapters: readonly string[]): string {
  const shown = [...graph.keys()].filter((name) => Object.hasOwn(PLACES, name));
  const unknown = [...graph.keys()].filter((name) => !LEFT_OUT.includes(name) && !shown.includes(name));
  if (unknown.length > 0) throw new Error(`The picture does not know where these lie: ${unknown.join(', ')}.`);
  const edges = direct(new Map(shown.map((name) => [name, new Set(shown.filter((to) => graph.get(name)?.has(to)))])));
  const heights = heightsOf(edges);
  const top = Math.max(...heights.values());
  const places = new Map<string, Place>();
  let columns = 0;
  for (let row = 0; row <= top; row += 1) {
    const names = shown.filter((name) => heights.get(name) === top - row).reverse();
    columns = Math.max(columns, names.length);
    for (const [column, name] of names.entries()) {
      places.set(name, { x: BOX.margin + column * BOX.across, y: BOX.margin + row * BOX.down });
    }
  }
  const placeOf = (name: string) => places.get(name) ?? { x: 0, y: 0 };
  const lines = [...edges].flatMap(([from, to]) => [...to].map((name) => line(placeOf(from), placeOf(name))));
  const below = (name: string) => (name === 'adapters' ? adapters.join(', ') : (PLACES[name] ?? ''));
  const boxes = shown.map((name) => box(name, placeOf(name), below(name)));
  const width = (columns - 1) * BOX.across + BOX.width + 2 * BOX.margin;
  const height = top * BOX.down + BOX.height + 2 * BOX.margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" role="img">
<title>The layers of kcigraph: each layer imports only from layers below it</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#2a7f62"/></marker></defs>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${[...lines, ...boxes].join('\n')}
</svg>
`;
}

/** Without what is reached through another as well. */
function direct(graph: Graph): Graph {
  const reached = new Map<string, ReadonlySet<string>>();
  for (const name of byHeight(graph)) {
    const next = [...(graph.get(name) ?? [])];
    reached.set(name, new Set(next.flatMap((to) => [to, ...(reached.get(to) ?? [])])));
  }
  return new Map(
    [...graph].map(([from, to]) => {
      const isFurther = (name: string) => [...to].some((other) => reached.get(other)?.has(name));
      return [from, new Set([...to].filter((name) => !isFurther(name)))];
    }),
  );
}

function byHeight(graph: Graph): string[] {
  return [...heightsOf(graph)].sort(([, a], [, b]) => a - b).map(([name]) => name);
}

/** Each layer stands one above the highest that it imports. A circle has no height, and is refused. */
function heightsOf(graph: Graph): Map<string, number> {
  const heights = new Map<string, number>();
  while (heights.size < graph.size) {
    const next = [...graph].filter(([name, to]) => !heights.has(name) && [...to].every((one) => heights.has(one)));
    if (next.length === 0) throw new Error('Layers import each other in a circle.');
    for (const [name, to] of next) {
      heights.set(name, Math.max(-1, ...[...to].map((one) => heights.get(one) ?? 0)) + 1);
    }
  }
  return heights;
}

/** Straight down, or round one corner: out of the side to a column on the right, into the side from there. */
function line(from: Place, to: Place): string {
  const [begin, end] = [from, to].map(({ x, y }) => ({ x: x + BOX.width / 2, y: y + BOX.height / 2 }));
  if (begin === undefined || end === undefined) return '';
  const bottom = from.y + BOX.height;
  const down = `M${begin.x} ${bottom}V${to.y}`;
  const right = `M${from.x + BOX.width} ${begin.y}H${end.x}V${to.y}`;
  const left = `M${begin.x} ${bottom}V${end.y}H${to.x + BOX.width}`;
  const path = begin.x === end.x ? down : begin.x < end.x ? right : left;
  return `<path d="${path}" fill="none" stroke="#2a7f62" stroke-width="1.5" marker-end="url(#tip)"/>`;
}

function box(name: string, { x, y }: Place, below: string): string {
  const middle = x + BOX.width / 2;
  return `<g text-anchor="middle"><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="#eef6f2" stroke="#2a7f62"/>
<text x="${middle}" y="${y + 22}" font-size="15" font-weight="bold" fill="#123">${name}</text>
<text x="${middle}" y="${y + 40}" font-size="11" fill="#456">${below}</text></g>`;
}

if (import.meta.main) {
  const adapters = globSync('adapters/*/adapter.ts', { cwd: ROOT }).map((file) => file.split('/')[1] ?? '');
  const drawn = drawLayers(importedLayers(ROOT), adapters.sort());
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, drawn);
  } else if (drawn !== readFileSync(FILE, 'utf8')) {
    process.stderr.write('docs/images/architecture.svg is not what the imports are: run "npm run docs".\n');
    process.exitCode = 1;
  }
}
