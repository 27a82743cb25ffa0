import pino, { type Logger as Pino } from 'pino';
import type { Logger } from '../adapters/adapter.ts';
import { textLine } from './log/text-line.ts';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'text';
}

export interface Log extends Logger {
  /** The least that is written; may be changed at any time. */
  level: string;
}

/** Writes to standard error, a line an event; tokens, signatures and passwords in URLs are blotted out wherever they stand. */
export function createLog({ level, format }: LogOptions): Log {
  const log: Pino = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => (format === 'text' ? textLine(redact(line)) : redact(line)) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return log;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/([?&](?:sig|token|access_token|api_key)=)[^&\s"\\]+/gi, '$1[redacted]'],
  [/(:\/\/)[^/\s"@]*:[^/\s"@]*@/g, '$1[redacted]@'],
];

/** The line without what would let a reader of the log in somewhere. */
export function redact(line: string): string {
  return SECRETS.reduce((text, [secret, instead]) => text.replaceAll(secret, instead), line);
}
