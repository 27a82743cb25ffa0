import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { documentOf } from './numbered-document.ts';
import { openStore } from './open-store.ts';

/** A process that uses a store as a gateway does, to be killed. */
export interface StoreProcess {
  readonly pid: number;
  /** The documents that it said were stored, by their number. */
  readonly acknowledged: readonly number[];
  /** What it could not do, in its words. */
  readonly faults: readonly string[];
  /** Resolves once so many documents are acknowledged, or the process is gone. */
  reached(count: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<void>;
}

/** Loads the documents `from`, `from + step`, ... one after the other until it is killed. With `attach` as a command beside a gateway. */
export function startStoreProcess(
  url: string,
  from: number,
  step: number,
  attach = false,
  identity: { readonly uid?: number; readonly gid?: number } = {},
): StoreProcess {
  const args = [fileURLToPath(import.meta.url), url, String(from), String(step), String(attach)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], ...identity });
  const acknowledged: number[] = [];
  const faults: string[] = [];
  let wake = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('stored ')) acknowledged.push(Number(line.slice('stored '.length)));
    else faults.push(line);
    wake();
  });
  let isGone = false;
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      isGone = true;
      wake();
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    acknowledged,
    faults,
    exited,
    kill: (signal) => child.kill(signal),
    reached: async (count) => {
      while (!isGone && acknowledged.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function run(url: string, from: number, step: number, attach: boolean): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const opened = openStore(url, { attach });
  let stopping = false;
  process.once('SIGTERM', () => {
    stopping = true;
  });
  try {
    await opened.pools.start();
    for (let number = from; !stopping; ) {
      try {
        await opened.load(...documentOf(number));
        say(`stored ${number}`);
        number += step;
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await opened.stop();
  }
}

const [script, url, from, step, attach] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url)) await run(url ?? '', Number(from), Number(step), attach === 'true');
