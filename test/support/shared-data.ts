import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reference data that lies beside a development checkout; the project works without it. */
const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

export const hasSharedData = existsSync(SHARED);

/** Says in one line that tests were left out, where the reference data is absent. */
export function announceMissingSharedData(what: string): void {
  if (!hasSharedData) console.log(`Left out, since ../shared is absent: ${what}.`);
}

export function sharedPath(path: string): string {
  return `${SHARED}${path}`;
}

/** The real submissions of July 2025, by file name. */
export function realSubmissions(): ReadonlyMap<string, string> {
  const folder = sharedPath('kcidb/submissions/');
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]));
}
