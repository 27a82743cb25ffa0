import type { Found, Json, Test } from '../kit/author.ts';
import { toModel } from '../kit/kcidb/to-model.ts';
import { isRaw } from './client/raw.ts';
import { readRecord, type Warn } from './kcidb-record.ts';

/** A test as it is. A waived one keeps its status, and `misc.waived` tells; its results stay in `misc.results`. */
export function translateTest(given: Json, warn: Warn): Found<Test> | null {
  const waived = isRaw(given) ? given.waived : undefined;
  const object = readRecord('tests', given, typeof waived === 'boolean' ? { waived } : {}, warn);
  const stored = object === null ? null : toModel('tests', object);
  return stored?.entity === 'test' ? { object: stored.object, time: stored.object.startTime } : null;
}
