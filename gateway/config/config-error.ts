import { printable, printableLine } from '../../adapters/kit/printable.ts';

/** One fault of a configuration. */
export interface ConfigFault {
  /** Where, such as `sources.native.url`; empty: the file as a whole. */
  readonly path: string;
  /** A whole sentence. */
  readonly message: string;
  /** From 1; null where the fault has no place in the file. */
  readonly line: number | null;
  readonly column: number | null;
}

/** The configuration cannot be used; one message lists every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(subject: string, faults: readonly ConfigFault[]) {
    const sorted = [...faults].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    const count = sorted.length === 1 ? 'a fault' : `${sorted.length} faults`;
    super(`${subject} has ${count}:\n${sorted.map((fault) => `  ${describe(fault)}`).join('\n')}`);
    this.faults = sorted;
  }
}

function describe({ path, message, line, column }: ConfigFault): string {
  const place = line === null ? '' : ` (line ${line}:${column ?? 1})`;
  const text = printable(message);
  return path === '' ? `${text}${place}` : `${printableLine(path)}${place}: ${text}`;
}
