import type { Suites } from './suites.ts';

/**
 * A test's path in the common model: from the names from the root down to the node, without the checkout and the kbuild,
 * jobs by their suites. Null where nothing is left of it.
 * @param isBelowBuild whether a kbuild lies above the node; else it hangs from the checkout
 */
export function testPath(names: readonly string[], isBelowBuild: boolean, suites: Suites): string | null {
  const own = withoutRepeat(names.slice(isBelowBuild ? 2 : 1));
  // The job in which a builder runs the selftests that it has built bears its build's name, and is none of the jobs.
  const builders = new Set(names.map((name) => `${name}-kselftest`));
  const segments = own.flatMap((name) => {
    const suite = builders.has(name) ? undefined : suites.suiteOf(name);
    return suite === undefined ? [name] : suite === null ? [] : [suite];
  });
  const path = withoutRepeat(segments)
    .join('.')
    .replaceAll(/[^A-Za-z0-9_.-]/gu, '_')
    .split('.')
    .filter((segment) => segment !== '')
    .join('.');
  return path === '' ? null : path;
}

function withoutRepeat(names: readonly string[]): readonly string[] {
  return names.length > 1 && names[0] === names[1] ? names.slice(1) : names;
}
