import { parseArgs } from 'node:util';
import { listenPort } from '../../gateway/config/config-file.ts';

/** The sources of the demo by the names that they have in its configuration. */
export const SOURCES = ['maestro', 'cki', 'syzbot', 'kernelci', 'native'] as const;
export const FAULTS = ['down', 'slow', 'lying', 'limited'] as const;
export type SourceName = (typeof SOURCES)[number];
export type Fault = (typeof FAULTS)[number];

export interface DemoOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly broken: ReadonlyMap<SourceName, Fault>;
}

/** The demo was asked for something that it does not know: its message is a whole sentence. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** @throws {OptionError} */
export function readOptions(argv: readonly string[]): DemoOptions {
  const options = { port: { type: 'string' }, break: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ args: [...argv], options });
  const port = listenPort(values.port, process.env, 4000);
  if (typeof port === 'string') throw new OptionError(port);
  return { port, broken: new Map((values.break ?? []).map(readBreak)) };
}

function readBreak(text: string): [SourceName, Fault] {
  const [name, how, ...rest] = text.split('=');
  const source = SOURCES.find((one) => one === name);
  const fault = FAULTS.find((one) => one === how);
  if (source !== undefined && fault !== undefined && rest.length === 0) return [source, fault];
  const rule = `one of ${SOURCES.join(', ')}, then "=", then one of ${FAULTS.join(', ')}`;
  throw new OptionError(`--break takes ${rule}; "${text.slice(0, 60)}" is not.`);
}
