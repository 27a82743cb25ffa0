import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version in package.json, found the same way in a checkout and in the installed package. */
export function packageVersion(): string {
  const text = readFileSync(fileURLToPath(import.meta.resolve('kcigraph/package.json')), 'utf8');
  const content: unknown = JSON.parse(text);
  if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
  throw new Error('package.json of kcigraph has no version.');
}
