import { expect } from 'vitest';
import { DEADLINE, type FaultAnswer, type FaultGateway } from './fault-gateway.ts';
import { type Half, idsOf, testId } from './two-halves.ts';

/** What a fault is expected to look like from outside. */
export interface Expected {
  /** One of these, in every error; none where it must not show. */
  readonly codes: readonly string[];
  /** What the faulty source holds comes all the same. */
  readonly isWhole?: boolean;
  /** It may show or not, as chance has it. */
  readonly isChancy?: boolean;
  /** Milliseconds that `retryAfterMs` must lie within. */
  readonly retryWithin?: number;
}

interface FaultPath {
  readonly name: string;
  readonly query: string;
  /** The names of the root fields, each of which tells of the fault. */
  readonly roots: readonly string[];
  /** The data, where these halves can be had. */
  data(...halves: readonly Half[]): unknown;
}

const nodesOf = (...halves: readonly Half[]) => ({ nodes: idsOf(...halves).map((id) => ({ id })) });

/** The ways on which a source is asked. */
export const PATHS: readonly FaultPath[] = [
  {
    name: 'list',
    query: '{ tests(first: 50) { nodes { id } } }',
    roots: ['tests'],
    data: (...halves) => ({ tests: nodesOf(...halves) }),
  },
  {
    name: 'get',
    query: `{ first: test(id: "${testId(0)}") { id } second: test(id: "${testId(1)}") { id } }`,
    roots: ['first', 'second'],
    data: (...halves) => ({
      first: halves.includes(0) ? { id: testId(0) } : null,
      second: halves.includes(1) ? { id: testId(1) } : null,
    }),
  },
  {
    name: 'relation',
    query: '{ build(id: "lab:build") { id tests(first: 50) { nodes { id } } } }',
    roots: ['build'],
    data: (...halves) => ({ build: halves.length === 0 ? null : { id: 'lab:build', tests: nodesOf(...halves) } }),
  },
];

/** Asks on every path at once while some sources are faulty, and holds the answers against what is expected. */
export async function expectFault(
  gateway: FaultGateway,
  names: readonly [string, string],
  faulty: readonly Half[],
  expected: Expected,
): Promise<void> {
  const answers = await Promise.all(PATHS.map(({ query }) => gateway.ask(query)));
  const well = ([0, 1] as const).filter((half) => !faulty.includes(half));
  const sources = faulty.map((half) => names[half]);
  for (const [index, path] of PATHS.entries()) {
    const answer = answers[index];
    if (answer === undefined) throw new Error('Every path has an answer.');
    expect(answer.ms, path.name).toBeLessThan(DEADLINE);
    const whole = path.data(0, 1);
    const part = path.data(...well);
    if (expected.isChancy !== true) expect(answer.data, path.name).toEqual(expected.isWhole === true ? whole : part);
    else if (faulty.length === 1) expect([whole, part]).toContainEqual(answer.data);
    expectErrors(answer, path, sources, expected);
    expect(Object.keys(answer.extensions.sources).sort(), path.name).toEqual([...names].sort());
    expect(answer.text).not.toMatch(/127\.0\.0\.1|localhost|https?:|postgres:|\.invalid/);
  }
}

function expectErrors(
  { errors, extensions }: FaultAnswer,
  { name, roots }: FaultPath,
  sources: readonly string[],
  { codes, isChancy, isWhole, retryWithin }: Expected,
): void {
  for (const error of errors) {
    expect(codes, `${name}: ${error.message}`).toContain(error.extensions.code);
    expect(sources, name).toContain(error.extensions.source);
    expect(roots, name).toContain(error.path[0]);
    if (retryWithin !== undefined) {
      expect(error.extensions.retryAfterMs).toBeLessThanOrEqual(retryWithin);
    }
  }
  if (codes.length === 0) expect(errors, name).toEqual([]);
  if (isChancy === true || codes.length === 0) return;
  for (const source of sources) {
    const told = errors.filter((error) => error.extensions.source === source).map(({ path }) => path[0]);
    expect(told, `${name} of ${source}`).not.toEqual([]);
    // The fault of one record is told where it was met first; that of a whole source at each field.
    if (isWhole === true) continue;
    expect(new Set(told), `${name} of ${source}`).toEqual(new Set(roots));
    expect(extensions.sources[source]?.state, name).toBe('DEGRADED');
  }
}

/** Asks until every path answers as if nothing had been; gives the milliseconds that it took. */
export async function recovery(gateway: FaultGateway, within = 60_000): Promise<number> {
  const start = performance.now();
  for (;;) {
    const answers = await Promise.all(PATHS.map(({ query }) => gateway.ask(query)));
    const isWell = answers.every(({ errors }) => errors.length === 0);
    const ms = performance.now() - start;
    if (isWell) {
      for (const [index, path] of PATHS.entries()) expect(answers[index]?.data).toEqual(path.data(0, 1));
      return ms;
    }
    if (ms > within) throw new Error(`After ${within} ms: ${answers.map(({ text }) => text).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
