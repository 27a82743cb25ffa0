import type { Fault } from '../../adapter.ts';
import { isExactInteger } from '../exact-json.ts';
import { fault, type Place, quoted } from './fault.ts';

/** How deep objects and lists may lie in each other, the document itself being the first level. */
export const MAX_NESTING = 500;

interface Container {
  readonly value: object;
  readonly parent: Container | null;
  readonly key: string | number;
  readonly level: number;
}

/**
 * What no store can hold, whatever the version: a NUL or half a surrogate pair in a string or a key, nesting beyond
 * {@link MAX_NESTING}, a number that overflowed when it was read. Walks the whole value with a list of its own, so that
 * the depth of a document costs no stack.
 *
 * @param root where the value lies in the document, `['tests', 3]`
 */
export function storableFaults(value: unknown, root: Place, limit: number): Fault[] {
  const faults: Fault[] = [];
  const scalarFault = unstorableScalar(value);
  if (scalarFault !== null) faults.push(fault(root, 'storable', scalarFault, value));
  if (typeof value !== 'object' || value === null) return faults;
  const containers: Container[] = [{ value, parent: null, key: '', level: root.length + 1 }];
  for (
    let container = containers.pop();
    container !== undefined && faults.length < limit;
    container = containers.pop()
  ) {
    if (container.level > MAX_NESTING) {
      const message = `Objects and lists are nested more than ${MAX_NESTING} deep here: store deeper data as text, or by URL.`;
      faults.push(fault(placeOf(root, container), 'storable', message, container.value));
      continue;
    }
    visitContainer(container, containers, root, faults, limit);
  }
  return faults;
}

function visitContainer(container: Container, containers: Container[], root: Place, faults: Fault[], limit: number) {
  const visit = (key: string | number, child: unknown) => {
    if (typeof child === 'object' && child !== null && !isExactInteger(child)) {
      containers.push({ value: child, parent: container, key, level: container.level + 1 });
      return;
    }
    const message = unstorableScalar(child);
    if (message !== null && faults.length < limit) {
      faults.push(fault([...placeOf(root, container), key], 'storable', message, child));
    }
  };
  const { value } = container;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) visit(index, value[index]);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const message = unstorableText(key);
    if (message !== null && faults.length < limit) {
      faults.push(fault([...placeOf(root, container), key], 'storable', `In a key: ${message}`, child));
    }
    visit(key, child);
  }
}

function unstorableScalar(value: unknown): string | null {
  if (typeof value === 'string') return unstorableText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return 'A number is too large: a double holds at most about 1.8e308.';
  }
  return null;
}

function unstorableText(text: string): string | null {
  if (text.includes('\0')) return `${quoted(text)} contains the character U+0000, which cannot be stored: take it out.`;
  if (!text.isWellFormed()) {
    return `${quoted(text)} contains half of a surrogate pair, which is no character: take it out.`;
  }
  return null;
}

function placeOf(root: Place, container: Container): Place {
  const keys: (string | number)[] = [];
  for (let at = container; at.parent !== null; at = at.parent) keys.push(at.key);
  return [...root, ...keys.reverse()];
}
