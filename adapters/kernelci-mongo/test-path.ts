import type { Document } from 'bson';
import { textOf } from '../kit/mongo/documents.ts';

/** Paths of the system are its own: what KCIDB does not take in one becomes an underscore. */
export interface TestPath {
  readonly path: string | null;
  /** As the documents have it. */
  readonly original: string | null;
}

/** The names of the groups from the plan down, and the test's own; documents since 2020 have it written out. */
export function testPath(document: Document, groups: readonly Document[], isWhole: boolean): TestPath {
  const original = textOf(document.test_case_path) ?? (isWhole ? joined(document, groups) : null);
  return { path: original === null ? null : valid(original), original };
}

function joined(document: Document, groups: readonly Document[]): string | null {
  const names = [document, ...groups].map(({ name }) => textOf(name)).reverse();
  return names.some((name) => name === null) ? null : names.join('.');
}

function valid(path: string): string {
  const segments = path.split('.').filter((segment) => segment !== '');
  return segments.map((segment) => segment.replace(/[^A-Za-z0-9_-]/gu, '_')).join('.');
}
