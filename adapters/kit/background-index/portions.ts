import type { WrittenEntry } from './put-entries.ts';

const MAX_ENTRIES = 50;
const MAX_BYTES = 64 * 1024;

/** Entries in portions, none of which takes long to write. */
export function* portions(entries: readonly WrittenEntry[]): Iterable<readonly WrittenEntry[]> {
  let portion: WrittenEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (portion.length >= MAX_ENTRIES || (portion.length > 0 && bytes + entry.bytes > MAX_BYTES)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(entry);
    bytes += entry.bytes;
  }
  if (portion.length > 0) yield portion;
}
