import type { DemoOptions, Fault } from './options.ts';
import type { RunningSource } from './running-source.ts';
import type { Question } from './story/questions.ts';
import type { Timeline } from './story/timeline.ts';

const WHO: Readonly<Record<string, string>> = {
  maestro: "today's KernelCI, over the MongoDB protocol",
  kernelci: 'the KernelCI of 2014 to 2024, over the MongoDB protocol',
  cki: "Red Hat's DataWarehouse, over HTTP",
  syzbot: "Google's fuzzer, over HTTP",
  native: "kcigraph's own store on PostgreSQL, with what was submitted",
};
const BROKEN: Readonly<Record<Fault, string>> = {
  down: 'nobody answers there',
  slow: 'each answer comes seconds late',
  lying: 'what it answers is not what was asked for',
  limited: 'it has no room for more questions',
};

/** What the demo tells whoever started it. */
export class Saying {
  readonly #begin = performance.now();

  line(text: string): void {
    const seconds = ((performance.now() - this.#begin) / 1000).toFixed(1);
    process.stdout.write(`${seconds.padStart(6)} s  ${text}\n`);
  }

  runs({ name, where }: RunningSource, fault: Fault | undefined): void {
    const state = fault === undefined ? '' : ` BROKEN (${fault}): ${BROKEN[fault]}.`;
    this.line(`${name}: ${WHO[name]} (${where}).${state}`);
  }

  ready(url: string, timeline: Timeline, questions: readonly Question[], broken: DemoOptions['broken']): void {
    this.line('Ready.');
    const width = Math.max(...questions.map(({ name }) => name.length));
    const tabs = questions.map(({ name, asks }) => `  ${name.padEnd(width)}  ${asks}`);
    const { culprit, fix } = timeline;
    const query = JSON.stringify({
      query: `{ revision(gitCommitHash: "${culprit.hash.slice(0, 12)}") { gitCommitName sources statusCounts { verdict pass fail } } }`,
    });
    const hint =
      broken.size > 0
        ? `What is broken stands under "errors" of each answer, and in ${url}/ready; all else is there.`
        : 'What a failing source looks like: stop this, and start it with --break cki=down (or slow, lying, limited).';
    process.stdout.write(`
Three trees, six weeks that end now. Nine days ago ${culprit.hash.slice(0, 12)} went into mainline
("${culprit.subject}"); since yesterday ${fix.hash.slice(0, 12)} mends it.

Open ${url}/graphiql in a browser. The tabs, from left to right, ask:

${tabs.join('\n')}

The same from a terminal:

  curl -sS ${url}/graphql -H 'Content-Type: application/json' -d '${query}'

${hint}
Ctrl-C stops all of it, and leaves nothing behind.
`);
  }

  goodbye(): void {
    process.stdout.write('Stopping.\n');
  }
}
