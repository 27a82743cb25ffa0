import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseFault } from './database-fault.ts';
import { findSearchRight } from './run-as.ts';
import type { ServerUser } from './server-user.ts';

const VERSION = '18';
const CLIENTS = 'The embedded PostgreSQL cannot be used.';

/** @throws {DatabaseFault} where the data folder is of another version of PostgreSQL. */
export async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === '' || version === VERSION) return;
  throw new DatabaseFault(
    `The folder ${data} holds the data of PostgreSQL ${version}, and the embedded server is ${VERSION}: use another folder, or bring the data over by pg_dump.`,
    CLIENTS,
  );
}

/**
 * As whom the server works in these folders: the user, with the right to pass those that it may not enter where need be.
 * @throws {DatabaseFault} where that right cannot be had.
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
      CLIENTS,
    );
  }
  return user;
}

/** What the system said of a file in the folder, in a sentence that names the folder. */
export function folderFault(folder: string, error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new DatabaseFault(`The folder ${folder} cannot be written: choose another, or allow it.`, CLIENTS, {
      cause: error,
    });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new DatabaseFault(`${folder} is not a folder.`, CLIENTS, { cause: error });
  }
  if (code === 'ENOSPC' || /No space left/.test(said)) {
    return new DatabaseFault(`The disk of the folder ${folder} is full.`, CLIENTS, { cause: error });
  }
  return new DatabaseFault(`The embedded PostgreSQL in ${folder} cannot be started: ${said}`, CLIENTS, {
    cause: error,
  });
}

/** The first folder on the way that this user may not enter. */
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
