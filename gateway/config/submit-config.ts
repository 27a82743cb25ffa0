import { BlockList, isIP } from 'node:net';
import type { z } from 'zod';
import { nearestName } from '../../adapters/kit/kcidb/validator.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { DEFAULT_SPOOL_LIMITS, type SpoolLimits } from '../ingest/queue.ts';
import type { Explained } from './config-error.ts';
import type { CONFIG_SCHEMA } from './config-schema.ts';

/** How submissions are taken. */
export interface SubmitConfig {
  /** The source that they are stored in. */
  readonly into: string;
  /** What tokens are signed with; the first one signs, all are accepted. */
  readonly secrets: readonly string[];
  /** Without a token too. */
  readonly open: boolean;
  readonly spool: SpoolLimits;
}

export interface SubmitReading {
  readonly config: SubmitConfig | null;
  readonly faults: readonly Explained[];
  readonly warnings: readonly string[];
}

// HS256 is as strong as its secret: RFC 7518 asks for as many bits as the hash has.
const SECRET_BYTES = 32;

/** Checks `submit` and `openSubmit` against the sources and the listener. */
export function readSubmit(values: z.infer<typeof CONFIG_SCHEMA>, builtIn: boolean): SubmitReading {
  const faults: Explained[] = [];
  const { submit, sources, listen } = values;
  if (submit === undefined && values.openSubmit !== true) return { config: null, faults, warnings: [] };
  const names = Object.keys(sources);
  const into = submit?.into ?? (names.length === 1 ? names[0] : undefined);
  if (into === undefined) {
    const message = `It must name the source that submissions are stored in: one of ${names.join(', ')}.`;
    faults.push({ path: submit === undefined ? ['openSubmit'] : ['submit', 'into'], message });
  } else if (!Object.hasOwn(sources, into)) {
    const nearest = nearestName(into, names);
    const hint = nearest === undefined ? `the sources are ${names.join(', ')}.` : `did you mean "${nearest}"?`;
    faults.push({ path: ['submit', 'into'], message: `There is no source "${redactValue(into)}": ${hint}` });
  }
  const secrets = [submit?.jwtSecret ?? []].flat();
  if (submit?.jwtSecret !== undefined) faults.push(...weakSecrets(submit.jwtSecret));
  if (new Set(secrets).size < secrets.length) {
    faults.push({ path: ['submit', 'jwtSecret'], message: 'The same secret is there twice.' });
  }
  const open = submit?.openSubmit === true || values.openSubmit === true;
  if (open && !isLoopback(listen.host)) {
    const message = `Submissions without a token are taken on a loopback address only, and listen.host is "${redactValue(listen.host)}".`;
    faults.push({ path: values.openSubmit === true ? ['openSubmit'] : ['submit', 'openSubmit'], message });
  }
  if (open && values.trustProxy) {
    const message =
      'Submissions without a token are taken from this machine only, and behind a proxy (trustProxy: true) nobody can tell where a request comes from: use tokens (submit.jwtSecret), or leave trustProxy out.';
    faults.push({ path: values.openSubmit === true ? ['openSubmit'] : ['submit', 'openSubmit'], message });
  }
  const spool = {
    spoolBytes: submit?.spoolBytes ?? DEFAULT_SPOOL_LIMITS.spoolBytes,
    spoolBytesPerOrigin: submit?.spoolBytesPerOrigin ?? DEFAULT_SPOOL_LIMITS.spoolBytesPerOrigin,
  };
  const { bodyBytes } = values.limits;
  if (spool.spoolBytesPerOrigin < bodyBytes || spool.spoolBytes < bodyBytes) {
    const key = spool.spoolBytes < bodyBytes ? 'spoolBytes' : 'spoolBytesPerOrigin';
    const message = `A document may have ${bodyBytes} bytes (limits.bodyBytes), and ${spool[key]} bytes of disk do not hold one.`;
    faults.push({ path: ['submit', key], message });
  }
  const warnings: string[] = [];
  if (open && !builtIn) warnings.push('Submissions are taken from anybody on this machine: openSubmit is on.');
  return { config: { into: into ?? '', secrets, open, spool }, faults, warnings };
}

/** What is wrong with the secrets themselves; it never shows them. */
function weakSecrets(given: string | readonly string[]): Explained[] {
  const path = ['submit', 'jwtSecret'];
  const advice = `It must have at least ${SECRET_BYTES} bytes: "openssl rand -hex 32" makes one that cannot be guessed.`;
  if (given.length === 0 && typeof given !== 'string') return [{ path, message: 'The list has no secret.' }];
  return [given].flat().flatMap((secret, at) => {
    const bytes = Buffer.byteLength(secret.trim());
    if (bytes >= SECRET_BYTES) return [];
    const what = bytes === 0 ? 'The secret is blank' : `The secret has ${bytes} bytes`;
    return [{ path: typeof given === 'string' ? path : [...path, at], message: `${what}. ${advice}` }];
  });
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can reach a listener of that host. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0) return address.toLowerCase() === 'localhost';
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
