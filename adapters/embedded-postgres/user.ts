import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseFault } from './folder.ts';

/** The user that PostgreSQL runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** The Linux capability with which it can pass folders that it may not enter; null if it needs none. */
  readonly searchRight: string | null;
}

const NAME = 'postgres';
const NOT_USABLE = 'The embedded PostgreSQL cannot be used.';
const run = promisify(execFile);

/** The user `postgres` if this process runs as root, as whom PostgreSQL does not run; it is made if it does not exist. Else null: the same user. */
export async function serverUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const found = await lookUp();
  if (found !== null) return found;
  try {
    await run('groupadd', ['--system', NAME]).catch(() => undefined);
    await run('useradd', ['--system', '--gid', NAME, '--no-create-home', '--shell', '/bin/false', NAME]);
  } catch (error) {
    throw noUser(error);
  }
  const made = await lookUp();
  if (made === null) throw noUser(undefined);
  return made;
}

/**
 * Gives the user the right to pass those of these folders that it may not enter.
 * @throws {DatabaseFault} if that is not possible.
 */
export async function withAccess(user: ServerUser | null, ...folders: readonly string[]): Promise<ServerUser | null> {
  if (user === null) return null;
  for (const path of folders) {
    const closed = await closedFolder(path, user);
    if (closed === null) continue;
    const searchRight = await findSearchRight();
    if (searchRight !== null) return { ...user, searchRight };
    throw new DatabaseFault(
      `PostgreSQL does not run as root, and the user that it runs as (id ${user.uid}) may not enter ${closed}: allow it (chmod o+x), or start as another user.`,
      NOT_USABLE,
    );
  }
  return user;
}

async function lookUp(): Promise<ServerUser | null> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = users
    .split('\n')
    .map((line) => line.split(':'))
    .find((user) => user[0] === NAME);
  return fields === undefined ? null : { uid: Number(fields[2]), gid: Number(fields[3]), searchRight: null };
}

function noUser(cause: unknown): DatabaseFault {
  return new DatabaseFault(
    'PostgreSQL does not run as root, and the user `postgres` could not be made: make it, or start as another user.',
    'The embedded PostgreSQL cannot be started.',
    { cause },
  );
}

/** The first folder of a path that this user may not enter. */
async function closedFolder(path: string, user: ServerUser): Promise<string | null> {
  const parents = [path];
  for (let at = path; dirname(at) !== at; at = dirname(at)) parents.unshift(dirname(at));
  for (const folder of parents) {
    const entry = await stat(folder);
    const bit = entry.uid === user.uid ? 0o100 : entry.gid === user.gid ? 0o010 : 0o001;
    if ((entry.mode & bit) === 0) return folder;
  }
  return null;
}

/** How to start a program as another user: arguments of `spawn` and `execFile`. */
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

/** Starts a program as this user; null is the user of this process. */
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
 * The capability with which the user `postgres` can pass folders that only root may enter, such as a checkout in /root;
 * null if this system cannot grant one.
 */
export async function findSearchRight(): Promise<string | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: bigint) => (permitted & (1n << bit)) !== 0n;
  const right = SEARCH_RIGHTS.find(({ bit }) => has(bit));
  if (right === undefined || !has(SETPCAP_BIT)) return null;
  const help = await run('setpriv', ['--help']).catch(() => null);
  return help?.stdout.includes('--ambient-caps') === true ? right.name : null;
}
