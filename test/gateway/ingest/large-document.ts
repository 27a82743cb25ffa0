import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./loading-process.ts', import.meta.url));

/** What loading one document cost the process that did it. */
export interface LoadingFigures {
  readonly tests: number;
  readonly megabytes: number;
  readonly seconds: number;
  /** The greatest growth of the resident set over what it was before, in megabytes. */
  readonly growth: number;
  /** The most that the main thread computed without a turn of its event loop, in milliseconds. */
  readonly busy: number;
  /** The longest pause of the event loop by the wall clock, in milliseconds: on a busy machine others' work is in it. */
  readonly pause: number;
}

/** Loads a made document of about so many megabytes in a process of its own, and measures that process. */
export async function loadInProcess(url: string, megabytes: number, excerptBytes: number): Promise<LoadingFigures> {
  const child = spawn(process.execPath, [CHILD, url, String(megabytes), String(excerptBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const figures: LoadingFigures = JSON.parse(output);
  return figures;
}
