import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { median } from './load/statistics.ts';
import { CAPACITY, CLOSED_3, type Measured, OPEN_3, type OverloadResult, ofRounds } from './overload-result.ts';

const FILE = new URL('../docs/performance.md', import.meta.url);
const MARKS = /(<!-- table: overload -->\n)[\s\S]*?(<!-- end -->)/;

/**
 * The lower bounds of the minute. The goals are 0.9 and 0.8: other work on a machine with two cores moves a ratio by more than
 * a tenth, and a gateway that lets itself be flooded has less than 0.5.
 */
const FLOORS = [
  { name: CLOSED_3, floor: 0.75 },
  { name: OPEN_3, floor: 0.6 },
] as const;
/** Milliseconds within which a refusal must come, in the median. */
const REFUSED_WITHIN = 50;
/** Milliseconds within which /health, /ready and /metrics must answer, however much there is to do. */
const PROBED_WITHIN = 2_000;

/** Each bound that does not hold, in a sentence. */
export function missedFloors({ loads }: OverloadResult): readonly string[] {
  return FLOORS.flatMap(({ name, floor }) => {
    const { share, refusal } = underLoad(loads.get(name) ?? []);
    return [
      ...(share >= floor ? [] : [`${name}: goodput is ${share.toFixed(2)} of capacity, below ${floor}.`]),
      ...(!(refusal >= REFUSED_WITHIN)
        ? []
        : [`${name}: a refusal takes ${refusal.toFixed(1)} ms, not less than ${REFUSED_WITHIN} ms.`]),
    ];
  });
}

/** Prints the ratios as they are, and fails the command where a bound does not hold or an answer was wrong. */
export function reportFloors(result: OverloadResult): void {
  for (const { name, floor } of FLOORS) {
    const { share, refusal } = underLoad(result.loads.get(name) ?? []);
    console.log(
      `${name}: ${share.toFixed(2)} of capacity (at least ${floor}), refused in ${refusal.toFixed(1)} ms (below ${REFUSED_WITHIN} ms)`,
    );
  }
  for (const fault of [...missedFloors(result), ...faultsOf(result)]) {
    console.error(fault);
    process.exitCode = 1;
  }
}

function underLoad(rounds: readonly Measured[]): { readonly share: number; readonly refusal: number } {
  return {
    share: ofRounds(rounds, (round) => round.share),
    // NaN where nothing was refused: on a machine that is busy otherwise the generator may not ask for that much.
    refusal: ofRounds(
      rounds.filter(({ refused }) => refused > 0),
      ({ refusedTimes }) => refusedTimes.p50,
    ),
  };
}

/** What no machine excuses: a wrong answer, and a route that is always answered and was not. */
function* faultsOf({ loads }: OverloadResult): Iterable<string> {
  for (const [name, rounds] of loads) {
    for (const { wrong, probed } of rounds) {
      for (const [what, count] of Object.entries(wrong)) yield `${name}: ${count} times ${what}.`;
      for (const failure of probed.failures) yield `${name}: ${failure}.`;
      for (const [route, ms] of probed.slowest) {
        if (ms > PROBED_WITHIN) yield `${name}: ${route} took ${ms.toFixed(0)} ms.`;
      }
    }
  }
}

/** Prints the tables, and puts them into docs/performance.md. */
export function writeOverload(result: OverloadResult, documents: number): void {
  const text = [
    machine(documents, result),
    '',
    ...loadTable(result),
    '',
    ...fairnessTable(result),
    '',
    ...otherFigures(result),
  ].join('\n');
  console.log(`\n${text}`);
  const before = readFileSync(FILE, 'utf8');
  if (!MARKS.test(before)) throw new Error('docs/performance.md has no place for the table "overload".');
  writeFileSync(
    FILE,
    before.replace(MARKS, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`),
  );
  for (const fault of faultsOf(result)) {
    console.error(fault);
    process.exitCode = 1;
  }
}

function machine(documents: number, { clients }: OverloadResult): string {
  const [cpu] = cpus();
  return (
    `${cpus().length} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.versions.node}; ` +
    `${documents} documents of 975 tests; capacity is reached with ${clients} clients.`
  );
}

function loadTable({ loads }: OverloadResult): readonly string[] {
  const row = ([name, rounds]: readonly [string, readonly Measured[]]) => {
    const of = (figure: (round: Measured) => number) => ofRounds(rounds, figure);
    const times = (figure: (round: Measured) => { p50: number; p99: number }) =>
      `${ms(of((round) => figure(round).p50))} / ${ms(of((round) => figure(round).p99))}`;
    return cells(
      name,
      of(({ asked }) => asked).toFixed(0),
      of(({ good }) => good).toFixed(0),
      of(({ share }) => share).toFixed(2),
      of(({ refused }) => refused).toFixed(0),
      times(({ goodTimes }) => goodTimes),
      times(({ refusedTimes }) => refusedTimes),
      ms(of(({ probed }) => median(probed.loopDelays))),
      `${(100 * of(({ generatorCpu }) => generatorCpu)).toFixed(0)} %`,
    );
  };
  return [
    cells(
      'load',
      'asked a second',
      'right answers a second',
      'share of capacity',
      'refused a second',
      'time of a right answer, p50 / p99 (ms)',
      'time of a 503, p50 / p99 (ms)',
      'event-loop delay p99 (ms)',
      "the generator's CPU",
    ),
    '|---|---|---|---|---|---|---|---|---|',
    ...[...loads].map(row),
  ];
}

function fairnessTable({ fairness }: OverloadResult): readonly string[] {
  const figure = (of: 'alone' | 'beside', which: 'p50' | 'p99') =>
    median(fairness[of].map(({ goodTimes }) => goodTimes[which]));
  const row = (which: 'p50' | 'p99') => {
    const [alone, beside] = [figure('alone', which), figure('beside', which)];
    return cells(which, ms(alone), ms(beside), (beside / alone).toFixed(1));
  };
  return [
    cells('a small query', 'alone (ms)', 'beside three readers of 5,000 rows (ms)', 'times'),
    '|---|---|---|---|',
    row('p50'),
    row('p99'),
  ];
}

function otherFigures({ loads, memory }: OverloadResult): readonly string[] {
  const probed = [...loads.values()].flat().map((round) => round.probed);
  const slowest = ['/health', '/ready', '/metrics'].map((route) => {
    const most = Math.max(...probed.map((one) => one.slowest.get(route) ?? Number.NaN));
    return `${route} ${most.toFixed(0)} ms`;
  });
  const most = Math.max(...probed.map(({ mostMemory }) => mostMemory));
  const answers = probed.reduce((sum, one) => sum + one.answers, 0);
  const [before, after] = [memory.before, memory.after];
  return [
    `Under all of these loads, /health, /ready and /metrics answered ${answers} times; their slowest answers: ${slowest.join(', ')}.`,
    `Memory before and after: ${before.resident.toFixed(0)} and ${after.resident.toFixed(0)} MB resident (${most.toFixed(0)} MB at most), ` +
      `${before.heap.toFixed(0)} and ${after.heap.toFixed(0)} MB of heap.`,
  ];
}

/** Prints both gateways beside each other; the ratio is that of this checkout to the other. */
export function compareOverload(one: OverloadResult, other: OverloadResult): void {
  for (const [name, rounds] of one.loads) {
    const others = other.loads.get(name) ?? [];
    const compared = (what: string, digits: number, figure: (round: Measured) => number) => {
      const [a, b] = [ofRounds(rounds, figure), ofRounds(others, figure)];
      return `${what} ${a.toFixed(digits)} and ${b.toFixed(digits)} (${(a / b).toFixed(2)})`;
    };
    console.log(
      `${name}, ${one.name} and ${other.name}: ${compared('right answers a second', 0, ({ good }) => good)}, ` +
        `${compared('CPU of the gateway an answer, ms', 2, ({ cpuPerAnswer }) => cpuPerAnswer)}` +
        (name === CAPACITY ? '' : `, ${compared('share of capacity', 2, ({ share }) => share)}`),
    );
  }
  for (const result of [one, other]) {
    console.log([`${result.name}:`, ...fairnessTable(result), ...otherFigures(result)].join('\n'));
  }
}

function ms(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(value < 10 ? 1 : 0);
}

function cells(...of: readonly string[]): string {
  return `| ${of.join(' | ')} |`;
}
