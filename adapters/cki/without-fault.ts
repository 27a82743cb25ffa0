import type { Fault } from '../kit/author.ts';
import { isObject, type KcidbObject } from '../kit/kcidb/kcidb-object.ts';

const NEEDED: ReadonlySet<string> = new Set(['id', 'origin', 'checkout_id', 'build_id']);

/**
 * The object without what is wrong with it: the entry of a list, the member of an object, or the whole field. Null where
 * it is nothing without that.
 */
export function withoutFault(object: KcidbObject, { path, rule }: Fault): KcidbObject | null {
  // After the list's name and the place in it.
  const [field, ...within] = path.split('/').slice(3).map(unescaped);
  if (field === undefined || field === '' || NEEDED.has(field)) return null;
  const value = object[field];
  const [member] = within;
  if (rule !== 'required' || within.length > 1) {
    if (Array.isArray(value) && member !== undefined) {
      const left: unknown[] = value.filter((_, index) => String(index) !== member);
      return { ...object, [field]: left };
    }
    if (isObject(value) && member !== undefined && Object.hasOwn(value, member)) {
      const left: Record<string, unknown> = { ...value };
      delete left[member];
      return { ...object, [field]: left };
    }
  } else if (Array.isArray(value) && member !== undefined) {
    return { ...object, [field]: value.filter((_, index) => String(index) !== member) };
  }
  if (!Object.hasOwn(object, field)) return null;
  const left: KcidbObject = { ...object };
  delete left[field];
  return left;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
