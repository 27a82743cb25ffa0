import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { DatabaseFault } from './database-fault.ts';

/** As whom PostgreSQL runs. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** The Linux capability by which it passes folders that it may not enter; null: it needs none. */
  readonly searchRight: string | null;
}

const NAME = 'postgres';
const run = promisify(execFile);

/** Null: as whoever runs this. PostgreSQL refuses to run as root, who therefore lends it the user `postgres`, made where there is none. */
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
