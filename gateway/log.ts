import pino, { type Logger as Pino } from 'pino';
import type { Logger } from '../adapters/contract/adapter.ts';
import { printable, printableLine } from '../adapters/kit/printable.ts';

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

/** A line of JSON, as a person reads it on a terminal: time, level, message, then the rest as `key=value`. */
export function textLine(line: string): string {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return printable(line);
  }
  if (typeof event !== 'object' || event === null) return printable(line);
  const { time, level, msg, err, ...rest } = Object.fromEntries(Object.entries(event));
  const fields = Object.entries(rest).map(([key, value]) => ` ${printableLine(key)}=${printableLine(show(value))}`);
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? `\n${printable(String(err.stack))}` : '';
  const head = `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)}`;
  return `${printableLine(head)} ${printableLine(String(msg ?? ''))}${fields.join('')}${stack}\n`;
}

function show(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}
