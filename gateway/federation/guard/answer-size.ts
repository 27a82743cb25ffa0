/** Bytes that an object or a reference takes beside its texts, roughly. */
const EACH = 16;

/** About how many bytes an answer takes in memory; it is not looked at further once it is above `limit`. */
export function answerSize(answer: unknown, limit: number): number {
  const left: unknown[] = [answer];
  let size = 0;
  while (left.length > 0 && size <= limit) {
    const value = left.pop();
    size += EACH;
    if (typeof value === 'string') size += value.length * 2;
    else if (value instanceof Map) {
      for (const [key, item] of value) left.push(key, item);
    } else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value)) left.push(item);
    }
  }
  return size;
}
