import type { Document } from 'bson';
import type { BuildFilter } from '../../kit/author.ts';
import { toObjectId } from '../../kit/mongo/documents.ts';
import { statusCondition } from '../status-table.ts';
import { BUILD_STATUSES } from '../translate-build.ts';
import type { LegacySource } from './source.ts';
import { timeCondition } from './time-bounds.ts';

/** What a build's own document is held against. */
export function buildConditions({ ids }: LegacySource, where: BuildFilter | null): Document[] {
  const conditions: Document[] = [];
  const { id, architecture, status, startTime } = where ?? {};
  const hexes = id?.in.flatMap((one) => ids.buildOf(one) ?? []);
  if (hexes !== undefined) conditions.push({ _id: { $in: hexes.map(toObjectId) } });
  if (architecture !== undefined) conditions.push({ arch: { $in: [...architecture.in] } });
  if (status !== undefined) conditions.push(statusCondition(BUILD_STATUSES, status.in));
  if (startTime !== undefined) conditions.push({ created_on: timeCondition(startTime) });
  return conditions;
}
