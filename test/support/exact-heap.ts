import { expect } from 'vitest';
import type { ServedGateway } from './served-gateway.ts';

const TELL = `process.on('SIGUSR2',()=>{gc();gc();process.stderr.write(JSON.stringify({level:'heap',msg:String(process.memoryUsage().heapUsed)})+'\\n')})`;

/** What a gateway is started with that is to tell of its heap: a signal of its own, on which it collects its garbage first. */
export const EXACT_HEAP: NodeJS.ProcessEnv = {
  NODE_OPTIONS: `--expose-gc --import=data:text/javascript,${encodeURIComponent(TELL)}`,
};

/** Megabytes that are in use, without garbage. */
export async function exactHeap(gateway: ServedGateway): Promise<number> {
  const told = () => gateway.log.filter(({ level }) => level === 'heap');
  const before = told().length;
  gateway.process.kill('SIGUSR2');
  await expect.poll(() => told().length, { timeout: 10_000, interval: 20 }).toBe(before + 1);
  return Number(told().at(-1)?.msg) / 2 ** 20;
}
