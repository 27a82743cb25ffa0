import type { FilterOperator } from '../../filter.ts';

/** Fields whose lists may hold null: nothing known yet. */
const NULLABLE: ReadonlySet<string> = new Set(['status', 'valid', 'present']);
const ABSENT_TEXT = 'no such value';

/**
 * Filters of one field to try, the most telling first, with values drawn from data: hits, misses, nulls, empty lists,
 * half-open bounds, other spellings of the same.
 */
export function filterVariants(
  field: string,
  operators: readonly FilterOperator[],
  values: readonly unknown[],
): readonly object[] {
  const drawn = values.flat().filter((value) => value !== null && value !== undefined);
  const variants: object[] = [];
  if (operators.includes('in')) variants.push(...inVariants(field, [...new Set(drawn)]));
  const texts = [...new Set(drawn.filter((value) => typeof value === 'string'))];
  if (operators.includes('prefix')) {
    const make = field === 'gitCommitHash' ? hashVariants : prefixVariants;
    variants.push(...make(texts, operators.includes('in')));
  }
  if (operators.includes('under')) variants.push(...underVariants(texts, operators.includes('in')));
  if (operators.includes('contains')) variants.push(...containsVariants(texts));
  if (operators.includes('range')) variants.push(...rangeVariants(drawn));
  if (operators.includes('is')) variants.push(...isVariants(field, drawn));
  return variants;
}

function inVariants(field: string, values: readonly unknown[]): object[] {
  const [first, second] = [values[Math.floor(values.length / 2)], values[0]];
  const absent = typeof (first ?? ABSENT_TEXT) === 'string' ? [ABSENT_TEXT] : [];
  const variants: object[] = [];
  if (first !== undefined) variants.push({ in: [first] });
  variants.push({ in: [] });
  if (NULLABLE.has(field)) variants.push({ in: [null] }, ...(first === undefined ? [] : [{ in: [null, first] }]));
  if (field === 'patchsetHash') variants.push({ in: [''] });
  if (first !== undefined && second !== first) variants.push({ in: [first, second] });
  if (typeof first === 'string') variants.push(...spellings(field, first).map((text) => ({ in: [text] })));
  if (absent.length > 0) variants.push({ in: absent }, { in: [...absent, ...(first === undefined ? [] : [first])] });
  return variants;
}

function spellings(field: string, text: string): readonly string[] {
  if (field === 'gitCommitHash' || field === 'patchsetHash') return text === '' ? [] : [text.toUpperCase()];
  if (field === 'gitRepositoryUrl') return [text.endsWith('.git') ? text.slice(0, -4) : `${text}.git`, `${text}/`];
  if (field === 'messageId') return text.startsWith('<') ? [text.slice(1, -1)] : [`<${text}>`];
  // Everything else is compared as it stands.
  return text.toUpperCase() === text ? [] : [text.toUpperCase()];
}

function hashVariants(texts: readonly string[], withIn: boolean): object[] {
  const [one, other = one] = texts;
  if (one === undefined || other === undefined) return [{ prefix: 'ffffffffffff' }];
  const both = withIn ? [{ in: [one], prefix: other.slice(0, 12) }] : [];
  const prefixes = [one.slice(0, 12), one.slice(0, 7).toUpperCase(), one, `${one}0`, 'ffffffffffff'];
  return [...prefixes.map((prefix) => ({ prefix })), ...both];
}

function prefixVariants(texts: readonly string[], withIn: boolean): object[] {
  const longest = longestOf(texts);
  if (longest === undefined || longest === '') return [{ prefix: ABSENT_TEXT }, { prefix: '' }];
  const half = longest.slice(0, Math.ceil(longest.length / 2));
  const prefixes = [
    half,
    longest,
    `${longest}0`,
    half.toUpperCase(),
    '',
    `${half.slice(0, -1)}%`,
    `${half.slice(0, -1)}_`,
  ];
  const both = withIn ? [{ in: texts.slice(0, 3), prefix: half }] : [];
  return [...prefixes.map((prefix) => ({ prefix })), ...both, { under: longest.split('.')[0], prefix: half }];
}

function containsVariants(texts: readonly string[]): object[] {
  const longest = longestOf(texts);
  if (longest === undefined || longest === '') return [{ contains: ABSENT_TEXT }, { contains: '' }];
  const inner = longest.slice(Math.floor(longest.length / 3), Math.ceil((2 * longest.length) / 3) + 1);
  const parts = [inner, inner.toUpperCase(), longest, `${longest}0`, '', '%', '_', '.'];
  return [...parts.map((contains) => ({ contains })), { contains: inner.toUpperCase(), prefix: longest.slice(0, 1) }];
}

function longestOf(texts: readonly string[]): string | undefined {
  return texts.toSorted((one, other) => other.length - one.length)[0];
}

function underVariants(texts: readonly string[], withIn: boolean): object[] {
  const deepest = texts.toSorted((one, other) => other.split('.').length - one.split('.').length)[0];
  if (deepest === undefined || deepest === '') return [{ under: ABSENT_TEXT }, { under: '' }];
  const [root = deepest] = deepest.split('.');
  const nodes = [root, deepest, root.slice(0, -1), `${deepest}.below`, '', `${root}%`, `${root}_`];
  const both = withIn ? [{ in: texts.slice(0, 3), under: root }] : [];
  return [...nodes.map((under) => ({ under })), ...both];
}

function rangeVariants(drawn: readonly unknown[]): object[] {
  const sorted = [...new Set(drawn)]
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .sort(ascending);
  const [low, middle, high] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (low === undefined || middle === undefined || high === undefined) return [{}];
  const bounds = [{ from: middle }, { to: middle }, { from: low, to: high }, { from: high }, { to: low }];
  return [...bounds, { from: middle, to: middle }, { from: high, to: low }, {}];
}

function ascending(one: string | number, other: string | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function isVariants(field: string, drawn: readonly unknown[]): object[] {
  if (field !== 'culprit') return [{ is: true }, { is: false }];
  const layers = ['code', 'tool', 'harness'].flatMap((layer) => [{ [layer]: true }, { [layer]: false }]);
  const whole = drawn.filter((value) => typeof value === 'object').slice(0, 2);
  return [...layers, ...whole, { code: true, tool: true }, {}].map((is) => ({ is }));
}
