import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { median } from './load/statistics.ts';
import { CAPACITY, CLOSED_3, type Measured, OPEN_3, type OverloadResult, ofRounds } from './overload-result.ts';

const FILE = new URL('../docs/performance.md', import.meta.url);
const MARKS = /(<!-- table: overload -->\n)[\s\S]*?(<!-- end -->)/;

/** What the minute holds: the goals are 0.9 and 0.8, and a machine with two cores and other work moves a ratio by a tenth. */
const FLOORS = [
  [CLOSED_3, 0.8],
  [OPEN_3, 0.7],
] as const;
/** Milliseconds within which a refusal must come, in the median. */
const REFUSED_WITHIN = 50;
/** Milliseconds within which /health, /ready and /metrics must answer, however much there is to do. */
const PROBED_WITHIN = 2_000;

/** Prints what the floors say, and fails the command where one does not hold. */
export function checkFloors(result: OverloadResult): void {
  const faults = [...faultsOf(result)];
  for (const [name, floor] of FLOORS) {
    const rounds = result.loads.get(name) ?? [];
    const share = ofRounds(rounds, (round) => round.share);
    console.log(`${name}: ${share.toFixed(2)} of capacity; the floor is ${floor}`);
    if (!(share >= floor)) faults.push(`${name}: goodput is ${share.toFixed(2)} of capacity, below ${floor}.`);
    const refused = ofRounds(rounds, ({ refusedTimes }) => refusedTimes.p50);
    console.log(`${name}: a refusal takes ${refused.toFixed(1)} ms; the bound is ${REFUSED_WITHIN} ms`);
    if (!(refused < REFUSED_WITHIN)) faults.push(`${name}: a refusal takes ${refused.toFixed(1)} ms in the median.`);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
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
export async function writeOverload(result: OverloadResult, documents: number): Promise<void> {
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
