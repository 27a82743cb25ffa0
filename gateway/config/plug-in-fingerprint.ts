import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AdapterModule } from '../../adapters/adapter.ts';

const fingerprints = new WeakMap<AdapterModule, string>();

/** Notes what the files of a plug-in held when it was loaded. */
export function noteFingerprint(module: AdapterModule, files: ReadonlySet<string>): void {
  if (files.size === 0) return;
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  fingerprints.set(module, hash.digest('hex'));
}

/** Whether two modules are of the same code: a plug-in is loaded anew, and so another module, each time it is read. */
export function isSameCode(one: AdapterModule, other: AdapterModule): boolean {
  const fingerprint = fingerprints.get(one);
  return one === other || (fingerprint !== undefined && fingerprint === fingerprints.get(other));
}
