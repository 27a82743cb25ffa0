import type { Fault } from '../../../adapters/adapter.ts';
import { printableLine } from '../../../adapters/kit/printable.ts';

/** What became of one file. */
export type Outcome =
  | { readonly stored: true; readonly id: string; readonly message: string }
  | { readonly stored: false; readonly message: string; readonly faults: readonly Fault[] };

/** Takes documents: the store itself, or a gateway elsewhere. */
export interface Destination {
  /** Gives what became of a document; throws only where going on makes no sense. */
  send(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/** A file that cannot be read; the message says why. */
export class UnreadableFile extends Error {}

/** A refused or failed file as a person reads it: one line, and one for each fault. */
export function describeFailure(name: string, message: string, faults: readonly Fault[]): string {
  const lines = faults.map(({ path, rule, message: text, value }) => {
    const shown = value === null || value === '' ? '' : ` [${JSON.stringify(value)}]`;
    return `  ${printableLine(`${path === '' ? '(document)' : path} (${rule}): ${text}${shown}`)}\n`;
  });
  return `${name}: not stored. ${faults.length === 0 ? printableLine(message) : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:`}\n${lines.join('')}`;
}
