/** A line of JSON, as a person reads it on a terminal: time, level, message, then the rest as `key=value`. */
export function textLine(line: string): string {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof event !== 'object' || event === null) return line;
  const { time, level, msg, err, ...rest } = Object.fromEntries(Object.entries(event));
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${show(value)}`);
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? `\n${err.stack}` : '';
  return `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)} ${msg ?? ''}${fields.join('')}${stack}\n`;
}

function show(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}
