import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';

const FOLDER = new URL('../../../../../shared/kcidb/', import.meta.url);
const Json = z.record(z.string(), z.unknown());

/** Whether the published schemas and the real submissions lie beside the checkout; says so where they do not. */
export function hasSharedData(): boolean {
  const present = existsSync(FOLDER);
  if (!present)
    console.log('../shared/kcidb is not there: nothing is compared with the published schemas and submissions.');
  return present;
}

/** The published JSON Schema of a version, such as `5.3`. */
export function publishedSchema(version: string): KcidbObject {
  return Json.parse(JSON.parse(readFileSync(new URL(`schema-v${version}.json`, FOLDER), 'utf8')));
}

/** The real submissions by file name. */
export function realSubmissions(): Map<string, KcidbObject> {
  const folder = new URL('submissions/', FOLDER);
  const read = (name: string) => Json.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  return new Map(readdirSync(folder).map((name) => [name, read(name)]));
}
