/**
 * The load generator, as a process of its own: whoever measured from within the process that is busy otherwise would
 * measure itself. It is told by messages what to do (`load-process.ts`), one load at a time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, Connection } from './connection.ts';
import type { ClosedLoop, Load, LoadResult, OpenLoop, Question } from './load.ts';
import { percentile } from './statistics.ts';

/** The first message: whom to ask, and what. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly questions: readonly Question[];
}

/** Milliseconds for what is still under way at the end of a load. */
const DRAIN = 15_000;

interface Prepared {
  readonly request: Buffer;
  readonly expected: Buffer;
}

class Generator {
  readonly #target: Target;
  readonly #questions: readonly Prepared[];
  readonly #idle: Connection[] = [];
  #connections = 0;
  #next = 0;

  constructor(target: Target) {
    this.#target = target;
    this.#questions = target.questions.map(({ request, expected }) => ({
      request: Buffer.from(request),
      expected: Buffer.from(expected),
    }));
  }

  async run(load: Load): Promise<LoadResult> {
    const tally = new Tally(performance.now() + load.warmUp, load.duration);
    const cpu = { start: process.cpuUsage(), end: process.cpuUsage() };
    const bounds = [
      delay(load.warmUp).then(() => {
        cpu.start = process.cpuUsage();
      }),
      delay(load.warmUp + load.duration).then(() => {
        cpu.end = process.cpuUsage();
      }),
    ];
    await (load.loop === 'closed' ? this.#closed(load, tally) : this.#open(load, tally));
    await Promise.all(bounds);
    for (const connection of this.#idle.splice(0)) connection.close();
    this.#connections = 0;
    const used = cpu.end.user + cpu.end.system - cpu.start.user - cpu.start.system;
    return tally.result(used / 1000 / load.duration);
  }

  async #closed({ clients, restAfterRefusal }: ClosedLoop, tally: Tally): Promise<void> {
    const client = async () => {
      const connection = this.#connection();
      while (performance.now() < tally.end) {
        const due = performance.now();
        const refused = tally.count(due, await this.#ask(connection));
        if (refused && restAfterRefusal > 0) await delay(restAfterRefusal);
      }
      this.#idle.push(connection);
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  async #open({ rate, connections }: OpenLoop, tally: Tally): Promise<void> {
    const began = performance.now();
    const waiting: number[] = [];
    const underWay = new Set<Promise<void>>();
    const start = (due: number) => {
      const connection = this.#idle.pop() ?? (this.#connections < connections ? this.#connection() : undefined);
      if (connection === undefined) {
        waiting.push(due);
        return;
      }
      const task = this.#ask(connection).then((answer) => {
        tally.count(due, answer);
        this.#idle.push(connection);
        underWay.delete(task);
        const next = waiting.shift();
        if (next !== undefined) start(next);
      });
      underWay.add(task);
    };
    for (let number = 0; performance.now() < tally.end; await delay(1)) {
      const due = Math.floor(((performance.now() - began) / 1000) * rate);
      for (; number < due; number += 1) start(began + (number / rate) * 1000);
    }
    const late = delay(DRAIN, 'late');
    while (underWay.size > 0) {
      if ((await Promise.race([late, Promise.all(underWay)])) === 'late') break;
    }
    tally.unanswered(underWay.size + waiting.length);
  }

  #connection(): Connection {
    this.#connections += 1;
    return new Connection(this.#target);
  }

  async #ask(connection: Connection): Promise<Verdict> {
    const question = this.#questions[this.#next++ % this.#questions.length];
    if (question === undefined) throw new Error('There is nothing to ask.');
    const answer = await new Promise<Answer | null>((resolve) => connection.send(question.request, resolve));
    return verdictOf(answer, question.expected);
  }
}

type Verdict = 'good' | 'refused' | (string & {});

function verdictOf(answer: Answer | null, expected: Buffer): Verdict {
  if (answer === null) return 'a broken connection';
  const { status, body, hasRetryAfter } = answer;
  if (status === 503) return hasRetryAfter ? 'refused' : 'a 503 without Retry-After';
  if (status !== 200) return `status ${status}`;
  if (body.subarray(0, expected.length).equals(expected)) return 'good';
  const code = /"code":"(\w+)"/.exec(body.toString('latin1'))?.[1];
  return code === undefined ? 'a wrong answer' : `an answer with ${code}`;
}

/** Counts what is answered between the warm-up and the end. */
class Tally {
  readonly end: number;
  readonly #start: number;
  readonly #goodTimes: number[] = [];
  readonly #refusedTimes: number[] = [];
  readonly #wrong: Record<string, number> = {};
  #asked = 0;
  #good = 0;
  #refused = 0;

  constructor(start: number, duration: number) {
    this.#start = start;
    this.end = start + duration;
  }

  /** True where it was refused. */
  count(due: number, verdict: Verdict): boolean {
    const now = performance.now();
    // What was due within the time counts with its times however late it ends; rates are of what ended within it.
    const isDue = due >= this.#start && due < this.end;
    const isWithin = now >= this.#start && now < this.end;
    if (isDue) this.#asked += 1;
    if (verdict === 'good') {
      if (isDue) this.#goodTimes.push(now - due);
      if (isWithin) this.#good += 1;
    } else if (verdict === 'refused') {
      if (isDue) this.#refusedTimes.push(now - due);
      if (isWithin) this.#refused += 1;
    } else this.#wrong[verdict] = (this.#wrong[verdict] ?? 0) + 1;
    return verdict === 'refused';
  }

  unanswered(count: number): void {
    if (count > 0) this.#wrong['no answer'] = count;
  }

  result(generatorCpu: number): LoadResult {
    const seconds = (this.end - this.#start) / 1000;
    const times = (of: readonly number[]) => ({ p50: percentile(of, 0.5), p99: percentile(of, 0.99) });
    return {
      asked: this.#asked / seconds,
      good: this.#good / seconds,
      refused: this.#refused / seconds,
      wrong: this.#wrong,
      goodTimes: times(this.#goodTimes),
      refusedTimes: times(this.#refusedTimes),
      generatorCpu,
    };
  }
}

let generator: Generator | null = null;
process.on('message', (message: Target | Load) => {
  if ('questions' in message) generator = new Generator(message);
  else void generator?.run(message).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit());
