// Every check that is no test, one line each, and a last line with the sum: `checks.ts [--tests VITEST_JSON]`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CHECKS: readonly (readonly [name: string, ...command: readonly string[]])[] = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'],
  ['direction of imports', 'scripts/check-imports.ts'],
  ['dead exports and dependencies', 'node_modules/knip/bin/knip.js', '--no-progress'],
  ['generated types', 'codegen.ts', '--check'],
  ['lock file for every platform', 'scripts/complete-lock.ts', '--check'],
  ['size of the house', 'scripts/house.ts'],
  ['picture of the architecture', 'scripts/draw-architecture.ts', '--check'],
  ['documented configuration', 'scripts/document-configuration.ts', '--check'],
  ['goodput and refusals under overload', 'bench/run.ts', 'overload', '--quick'],
];
/** Their figures are printed when they pass, too. */
const PRINTED: ReadonlySet<string> = new Set(['size of the house']);

const { values } = parseArgs({ options: { tests: { type: 'string' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
let { passed, failed } = values.tests === undefined ? { passed: 0, failed: 0 } : countTests(values.tests);

for (const [name, ...command] of CHECKS) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  if (status === 0) passed += 1;
  else failed += 1;
  process.stdout.write(`check: ${name}: ${status === 0 ? 'passed' : 'FAILED'}\n`);
  if (status !== 0 || PRINTED.has(name)) process.stdout.write(`${stdout}${stderr}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** A run that left no figures behind is a failure of its own. */
function countTests(file: string): { passed: number; failed: number } {
  try {
    const run: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const count = (key: string) =>
      typeof run === 'object' && run !== null ? Number(Reflect.get(run, key)) : Number.NaN;
    const tests = { passed: count('numPassedTests'), failed: count('numFailedTests') };
    // A file that cannot even be loaded has no tests that could fail.
    const suites = count('numFailedTestSuites') > 0 && tests.failed === 0 ? count('numFailedTestSuites') : 0;
    process.stdout.write(
      `tests: ${tests.passed} passed, ${tests.failed + suites} failed, ${count('numPendingTests')} skipped\n`,
    );
    return { passed: tests.passed, failed: tests.failed + suites };
  } catch (error) {
    process.stdout.write(`tests: FAILED: ${error instanceof Error ? error.message : error}\n`);
    return { passed: 0, failed: 1 };
  }
}
