import type { Build, Found, Json } from '../kit/author.ts';
import { toModel } from '../kit/kcidb/to-model.ts';
import { readRecord, type Warn } from './kcidb-record.ts';

/** A build as it is; of one that says neither `valid` nor `status` nothing is known, whatever else it says. */
export function translateBuild(given: Json, warn: Warn): Found<Build> | null {
  const object = readRecord('builds', given, {}, warn);
  const stored = object === null ? null : toModel('builds', object);
  return stored?.entity === 'build' ? { object: stored.object, time: stored.object.startTime } : null;
}
