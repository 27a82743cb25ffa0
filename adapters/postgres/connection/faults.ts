import { SourceError } from '../../contract/errors.ts';
import { DatabaseFault } from '../../embedded-postgres/folder.ts';

/** The sentence for the operator, by SQLSTATE or by the code of a system call. */
const CAUSES: Readonly<Record<string, string>> = {
  '3D000': 'The database does not exist: create it first (`createdb`).',
  '28P01': 'The database refused the password.',
  '28000': 'The database refused the user.',
  '25006': 'The database is read-only (a replica, or set so): the store needs the primary.',
  '42501': 'The user of the database lacks a right that the store needs.',
  '42P01': 'The tables of the store are not there: run `kcigraph migrate`.',
  '53100': 'The disk of the database is full.',
  '53300': 'The database has no connection left.',
  '57P03': 'The database is starting or stopping.',
  EPROTO: 'The database is not reachable: what answers at its address does not speak as PostgreSQL does.',
  ECONNREFUSED: 'The database is not reachable: nothing listens at its address.',
  ENOTFOUND: 'The database is not reachable: its host name is not known.',
  ENOENT: 'The database is not reachable: its socket is not there.',
  ETIMEDOUT: 'The database is not reachable: it did not answer in time.',
  EHOSTUNREACH: 'The database is not reachable: there is no way to its host.',
};

/** Turns any failure of a connection or a statement into an error of the contract, with the original as `cause`. */
export function toSourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  if (error instanceof DatabaseFault) return new SourceError('SOURCE_UNAVAILABLE', error.forClients, { cause: error });
  if (isPoolFull(error)) {
    const message = 'More statements wait for a connection to the database than it can answer in time.';
    return new SourceError('SOURCE_UNAVAILABLE', message, { origin: 'gateway', cause: error });
  }
  const code = codeOf(error);
  if (code === '57014')
    return new SourceError('SOURCE_TIMEOUT', 'The database did not finish in time.', { cause: error });
  if (code === '54000') {
    const message = 'A value is larger than the database can hold.';
    return new SourceError('SOURCE_BAD_DATA', message, { origin: 'gateway', cause: error });
  }
  return new SourceError('SOURCE_UNAVAILABLE', CAUSES[code] ?? 'The database failed.', { cause: error });
}

/** The same for the operator: the sentence, and the database's own message. */
export function toDatabaseFault(error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const known = CAUSES[codeOf(error)];
  const said = error instanceof Error ? error.message : String(error);
  return new DatabaseFault(
    known === undefined ? `The database failed: ${said}` : `${known} (${said})`,
    known ?? 'The database failed.',
    {
      cause: error,
    },
  );
}

/** The pool's own queue was too long: a server that cannot be reached fails with another error. */
function isPoolFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** SQLSTATE or system code; of several attempts (an IPv4 and an IPv6 address) that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && /timeout/i.test(error.message) ? 'ETIMEDOUT' : '';
}
