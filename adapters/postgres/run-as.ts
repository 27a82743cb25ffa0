import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServerUser } from './server-user.ts';

/** How a program is started as another user: what `spawn` and `execFile` take. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

/** Linux capabilities by their bit in `/proc/self/status`: to search folders that the user may not enter. */
const SEARCH_RIGHTS = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
] as const;
const SETPCAP_BIT = 8n;

/** A program with these arguments as this user (null: as oneself). */
export function runAs(user: ServerUser | null, program: string, args: readonly string[]): Launch {
  if (user === null) return { command: program, args, options: {} };
  const { uid, gid, searchRight } = user;
  if (searchRight === null) return { command: program, args, options: { uid, gid } };
  // PostgreSQL asks access(2), which forgets the capabilities of a changed user unless no_setuid_fixup holds.
  const rights = [`--inh-caps=+${searchRight}`, `--ambient-caps=+${searchRight}`, '--securebits=+no_setuid_fixup'];
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return { command: 'setpriv', args: [...identity, ...rights, '--', program, ...args], options: {} };
}

/**
 * The capability that lets root's stand-in pass folders which only root may enter, such as a checkout in /root; null where
 * this system cannot lend one.
 */
export async function findSearchRight(): Promise<string | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: bigint) => (permitted & (1n << bit)) !== 0n;
  const right = SEARCH_RIGHTS.find(({ bit }) => has(bit));
  if (right === undefined || !has(SETPCAP_BIT)) return null;
  const help = await promisify(execFile)('setpriv', ['--help']).catch(() => null);
  return help?.stdout.includes('--ambient-caps') === true ? right.name : null;
}
