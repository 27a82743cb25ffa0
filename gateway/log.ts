import pino, { type Logger as Pino } from 'pino';
import type { Logger } from '../adapters/adapter.ts';
import { printable } from '../adapters/kit/printable.ts';
import { textLine } from './log/text-line.ts';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'text';
}

export interface Log extends Logger {
  /** The least that is written; may be changed at any time. */
  level: string;
}

/** Writes to standard error, a line an event, without secrets and control characters (`printable`). */
export function createLog({ level, format }: LogOptions): Log {
  const log: Pino = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => (format === 'text' ? textLine(printable(line)) : printable(line)) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return log;
}
