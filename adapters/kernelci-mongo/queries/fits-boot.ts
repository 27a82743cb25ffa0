import type { Document } from 'bson';
import type { TestFilter } from '../../kit/author.ts';
import { textOf, timeOf } from '../../kit/mongo/documents.ts';
import { BOOT_STATUSES } from '../translate-boot.ts';

/** Whether a boot that came along fits what tests below builds are asked by. */
export function fitsBoot(document: Document, where: TestFilter | null): boolean {
  const { status, startTime } = where ?? {};
  const own = BOOT_STATUSES[textOf(document.status) ?? ''] ?? null;
  if (status !== undefined && !status.in.includes(own)) return false;
  if (startTime === undefined) return true;
  const time = timeOf(document.created_on);
  const { from, to } = startTime;
  return time !== null && (from === undefined || time >= from) && (to === undefined || time < to);
}
