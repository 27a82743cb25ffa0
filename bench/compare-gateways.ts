import type { BenchGateway } from './bench-gateway.ts';
import { median } from './load/statistics.ts';
import type { Workload } from './workloads.ts';

const WARM_UP = 50;
/** Questions to one gateway before it is the other's turn: what else the machine does meets both. */
const TURN = 20;

interface Cost {
  /** Milliseconds a question. */
  readonly times: number[];
  /** Milliseconds of processor time a question, by turn. */
  readonly cpu: number[];
}

/** Asks the gateways in turn, and prints for each workload the medians and the ratio of the first to each other one. */
export async function compareGateways(
  gateways: readonly BenchGateway[],
  workloads: readonly Pick<Workload, 'name' | 'query' | 'variables'>[],
  rounds: number,
): Promise<void> {
  for (const workload of workloads) {
    const costs = gateways.map((): Cost => ({ times: [], cpu: [] }));
    for (const gateway of gateways) await turn(gateway, workload, WARM_UP);
    for (let round = 0; round < rounds; round += TURN) {
      for (const [index, gateway] of gateways.entries()) {
        const { times, cpu } = await turn(gateway, workload, TURN);
        costs[index]?.times.push(...times);
        costs[index]?.cpu.push(...cpu);
      }
    }
    const [one, ...others] = costs;
    for (const [index, other] of others.entries()) {
      const names = `${gateways[0]?.name} and ${gateways[index + 1]?.name}`;
      const compared = (what: string, figure: keyof Cost) => {
        const [a, b] = [median(one?.[figure] ?? []), median(other[figure])];
        return `${what} ${a.toFixed(2)} and ${b.toFixed(2)} ms, ratio ${(a / b).toFixed(2)}`;
      };
      console.log(`${workload.name}, ${names}: ${compared('p50', 'times')}; ${compared('CPU a request', 'cpu')}`);
    }
  }
}

async function turn(gateway: BenchGateway, { query, variables }: Pick<Workload, 'query' | 'variables'>, count: number) {
  const times: number[] = [];
  const before = await gateway.cpuSeconds();
  for (let number = 0; number < count; number += 1) {
    const started = performance.now();
    const { errors } = await gateway.query(query, variables);
    times.push(performance.now() - started);
    if (errors !== undefined) throw new Error(`${gateway.name}: ${JSON.stringify(errors)}`);
  }
  return { times, cpu: [(((await gateway.cpuSeconds()) - before) * 1000) / count] };
}
