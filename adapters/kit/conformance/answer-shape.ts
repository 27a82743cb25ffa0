/** What is wrong with the form of an answer, whatever it says; null where the rest of the suite can read it. */
export function mapFault(answer: unknown, isValue: (value: unknown) => boolean): string | null {
  if (!(answer instanceof Map)) return 'The answer is no Map.';
  for (const [key, value] of answer) {
    if (typeof key !== 'string') return `A key of the answer is a ${typeof key}, not text.`;
    if (!isValue(value) && !(value instanceof Error)) return `The value under "${key}" is not what the contract says.`;
  }
  return null;
}

export function isPage(page: unknown): boolean {
  return isRecord(page) && Array.isArray(page.items) && page.items.every(isPlaced) && typeof page.hasMore === 'boolean';
}

export function isFound(found: unknown): boolean {
  return isRecord(found) && isRecord(found.object) && isTime(found.time);
}

export function isCounts(counts: unknown): boolean {
  const names = ['pass', 'fail', 'error', 'miss', 'done', 'skip', 'none', 'total'];
  return isRecord(counts) && names.every((name) => Number.isSafeInteger(counts[name]));
}

function isPlaced(item: unknown): boolean {
  return isFound(item) && isRecord(item) && typeof item.tie === 'string';
}

function isTime(time: unknown): boolean {
  return time === null || typeof time === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
