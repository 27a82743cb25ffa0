/**
 * What a gateway does when it is asked for more than it can: `npm run bench -- overload`. Capacity and every load above it
 * come from the same generator in the same round, so that what else the machine does meets both.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchGateway, loadDocuments, startBenchGateway } from './bench-gateway.ts';
import { type Checkout, THIS_CHECKOUT } from './checkout.ts';
import { buildIds } from './documents.ts';
import type { Load, LoadResult, Question } from './load/load.ts';
import { LoadProcess } from './load/load-process.ts';
import { probeDuring } from './load/probes.ts';
import { compareOverload, missedFloors, reportFloors, writeOverload } from './overload-report.ts';
import { CAPACITY, CLOSED_3, type Measured, type Memory, OPEN_3, type OverloadResult } from './overload-result.ts';

export interface OverloadOptions {
  readonly documents: number;
  readonly rounds: number | null;
  /** A minute, with floors that fail the command. */
  readonly quick: boolean;
  readonly against: Checkout | null;
}

/** Milliseconds that a client waits after a 503. */
const REST = 250;
const MANY = 2_000;
/** As many connections as an open loop opens at most. */
const OPEN_CONNECTIONS = 4_000;
/** What the gateway works on at once, and lets wait, by default: clients beyond that are refused. */
const IN_FLIGHT = 200;
const READERS = 3;
const IDS = 200;

const SMALL = `query ($id: ID!) { build(id: $id) { id origin architecture configName status
  tests(first: 20) { nodes { id path status startTime duration origin } } } }`;
const LARGE =
  '{ builds(first: 100) { nodes { id tests(first: 50) { nodes { id path status startTime duration origin } } } } }';

export async function overload({ documents, rounds, quick, against }: OverloadOptions): Promise<void> {
  const subjects: Subject[] = [];
  try {
    for (const checkout of [THIS_CHECKOUT, ...(against === null ? [] : [against])]) {
      subjects.push(await Subject.start(checkout, documents));
    }
    for (const subject of subjects) await subject.findCapacity();
    const run = async () => {
      for (let round = 0; round < (rounds ?? 5); round += 1) {
        for (const subject of subjects) await subject.round(quick);
      }
    };
    await run();
    const results: OverloadResult[] = [];
    for (const subject of subjects) results.push(await subject.result());
    const [result, other] = results;
    if (result === undefined) return;
    if (other !== undefined) compareOverload(result, other);
    else if (!quick) writeOverload(result, documents);
    else {
      // Other work on the machine that begins or ends within a round moves its ratio: as many rounds again tell.
      if (missedFloors(result).length > 0) await run();
      reportFloors(result);
    }
  } finally {
    for (const subject of subjects) await subject.close();
  }
}

/** A gateway under load. */
class Subject {
  readonly #gateway: BenchGateway;
  readonly #small: LoadProcess;
  readonly #large: LoadProcess;
  readonly #loads = new Map<string, Measured[]>();
  readonly #alone: LoadResult[] = [];
  readonly #beside: LoadResult[] = [];
  #before: Memory = { resident: Number.NaN, heap: Number.NaN };
  #clients = 0;

  private constructor(gateway: BenchGateway, small: readonly Question[], large: readonly Question[]) {
    this.#gateway = gateway;
    this.#small = new LoadProcess(gateway.url, small);
    this.#large = new LoadProcess(gateway.url, large);
  }

  static async start(checkout: Checkout, documents: number): Promise<Subject> {
    const gateway = await startBenchGateway(checkout);
    try {
      await loadDocuments(gateway, documents);
      const small: Question[] = [];
      for (const id of buildIds(documents, IDS)) small.push(await questionOf(gateway, SMALL, { id }));
      return new Subject(gateway, small, [await questionOf(gateway, LARGE, {})]);
    } catch (error) {
      await gateway.close();
      throw error;
    }
  }

  /** Adds clients until no more is answered. */
  async findCapacity(): Promise<void> {
    await this.#small.run(closed(16, 500, 2_500));
    let best = 0;
    for (const clients of [4, 8, 16, 32, 64, 128]) {
      const { good } = await this.#small.run(closed(clients, 300, 1_200));
      if (good < best * 1.03) break;
      [best, this.#clients] = [good, clients];
    }
    this.#before = await this.#memory();
  }

  async round(quick: boolean): Promise<void> {
    const [warmUp, duration] = quick ? [600, 1_500] : [1_000, 5_000];
    const findCapacity = () => this.#measure(CAPACITY, closed(this.#clients, warmUp, duration), null);
    let capacity = await findCapacity();
    // So many clients are worked on or wait, and the others, which rest after each refusal, ask for what is beyond capacity.
    const asking = (times: number) => Math.round(IN_FLIGHT + ((times - 1) * capacity * REST) / 1000);
    const open = (times: number) =>
      ({ loop: 'open', rate: times * capacity, connections: OPEN_CONNECTIONS, warmUp, duration }) as const;
    await this.#measure(CLOSED_3, closed(asking(3), warmUp, duration), capacity);
    capacity = await findCapacity();
    await this.#measure(OPEN_3, open(3), capacity);
    if (quick) return;
    capacity = await findCapacity();
    await this.#measure('2 times, closed loop', closed(asking(2), warmUp, duration), capacity);
    await this.#measure('2 times, open loop', open(2), capacity);
    capacity = await findCapacity();
    await this.#measure(`${MANY} connections`, closed(MANY, warmUp, duration), capacity);
    this.#alone.push(await this.#small.run(closed(1, warmUp, duration)));
    const readers = this.#large.run(closed(READERS, warmUp, duration + 500));
    this.#beside.push(await this.#small.run(closed(1, warmUp, duration)));
    await readers;
  }

  async result(): Promise<OverloadResult> {
    // What the last answers held is collected when others come.
    await this.#small.run(closed(1, 0, 3_000));
    return {
      name: this.#gateway.name,
      clients: this.#clients,
      loads: this.#loads,
      fairness: { alone: this.#alone, beside: this.#beside },
      memory: { before: this.#before, after: await this.#memory() },
    };
  }

  async close(): Promise<void> {
    this.#small.close();
    this.#large.close();
    await this.#gateway.close();
  }

  /** Gives right answers a second. */
  async #measure(name: string, load: Load, capacity: number | null): Promise<number> {
    const cpuBefore = await this.#gateway.cpuSeconds();
    const [result, probed] = await probeDuring(this.#gateway, () => this.#small.run(load));
    const cpu = (await this.#gateway.cpuSeconds()) - cpuBefore;
    // Over the whole load, warm-up included.
    const answers = (result.good * (load.warmUp + load.duration)) / 1000;
    const measured = {
      ...result,
      probed,
      cpuPerAnswer: (cpu * 1000) / answers,
      share: result.good / (capacity ?? result.good),
    };
    this.#loads.set(name, [...(this.#loads.get(name) ?? []), measured]);
    console.log(
      `${this.#gateway.name}, ${name}: ${result.good.toFixed(0)} right answers a second of ${result.asked.toFixed(0)} asked ` +
        `(${measured.share.toFixed(2)}), ${result.refused.toFixed(0)} refused in ${result.refusedTimes.p50.toFixed(1)} ms`,
    );
    // What waits at the gateway is none of the next load's.
    await delay(300);
    return result.good;
  }

  async #memory(): Promise<Memory> {
    const figures = await this.#gateway.figures();
    const megabytes = (name: string) => (figures.get(name) ?? Number.NaN) / 2 ** 20;
    return {
      resident: megabytes('kcigraph_process_resident_memory_bytes'),
      heap: megabytes('kcigraph_nodejs_heap_size_used_bytes'),
    };
  }
}

function closed(clients: number, warmUp: number, duration: number): Load {
  return { loop: 'closed', clients, restAfterRefusal: REST, warmUp, duration };
}

/** The request, and the data that its answer holds as long as nothing is stored. */
async function questionOf(gateway: BenchGateway, query: string, variables: object): Promise<Question> {
  const body = JSON.stringify({ query, variables });
  const headers = { 'content-type': 'application/json' };
  const text = await (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).text();
  const { data, errors } = JSON.parse(text);
  const expected = `{"data":${JSON.stringify(data)}`;
  if (errors !== undefined || !text.startsWith(expected)) throw new Error(`This is no answer: ${text.slice(0, 300)}`);
  const head = `POST /graphql HTTP/1.1\r\nhost: ${new URL(gateway.url).host}\r\ncontent-type: application/json\r\n`;
  return { request: `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, expected };
}
