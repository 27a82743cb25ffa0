import { printable, printableLine } from '../../adapters/kit/printable.ts';

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
