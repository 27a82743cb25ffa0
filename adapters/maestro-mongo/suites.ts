/** The suite that replaces a job's name in paths; null removes the name. */
export type Suite = string | null;

/** Suites by names of jobs or prefixes of them (`NAME*`). */
export type SuiteRules = Readonly<Record<string, Suite>>;

/** Full names, and prefixes that end in `*`; the longest matching prefix applies. */
const RULES: SuiteRules = {
  'baseline-*': 'boot',
  'baseline-nfs-*': 'boot.nfs',
  'ltp-*': 'ltp',
  kunit: 'kunit',
  'kunit-x86_64': 'kunit',
  'kvm-unit-tests*': 'kvm-unit-tests',
  'blktests-ddp-x86': 'blktests-ddp',
  'coverage-report-*': 'coverage',
  cvehound: 'security.cvehound',
  'rt-tests-pi-stress': 'rt-tests.pi-params',
  sleep: 'kernelci_sleep',
  'nipa-update': 'kernelci_nipa-update',
  'watchdog-reset-*': 'kernelci_watchdog_reset',
  'wifi-basic*': 'kernelci_wifi_basic',
  'fluster-debian-av1-chromium-10bit': 'fluster.debian.v4l2.gstreamer_av1_chromium',
  'h26forge-debian': 'h26forge.debian',
  'kselftest-device-error-logs-ramdisk': 'kselftest.device-error-logs',
  'kbuild-gcc-14-arm64-dtbscheck': 'dtbs_check',
  'kbuild-*': null,
};

/** The suites of selftests whose name changes. */
const SELFTESTS: Readonly<Record<string, string>> = {
  'cpufreq-hibernate': 'cpufreq.hibernate',
  'cpufreq-suspend': 'cpufreq.suspend',
  'device-error-logs': 'device_error_logs',
  'device-error-logs-main': 'device_error_logs',
  'kvm-pkvm': 'pkvm',
  'mm-2g': 'mm',
  'mm-8g': 'mm',
  'perf-events': 'perf_events',
  'user-events': 'user_events',
  // The pipeline misspells this name, and so do paths everywhere.
  splice: 'splce',
};

/** Rules that use a part of the name. */
const PATTERNS: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^job-gcc-14-(?:arm|x86)-.*-cip/, () => 'boot.nfs'],
  [/^job-gcc-14-(?:arm64|riscv)-.*-cip/, () => 'boot'],
  [/^kselftest-(.+?)(?:-ramdisk|-pull-labs)?$/, (name) => `kselftest.${SELFTESTS[name] ?? name}`],
  [/^rt-tests-(.+)$/, (name) => `rt-tests.${name}`],
  [/^fluster-debian-(.+)$/, (name) => `fluster.debian.v4l2.gstreamer_${name.replaceAll('-', '_')}`],
];

/**
 * The suites that replace jobs' names in paths: those of the configuration, then those of KernelCI's pipeline.
 */
export class Suites {
  readonly #own: SuiteRules;

  constructor(own: SuiteRules = {}) {
    this.#own = own;
  }

  /** Undefined for a name without a rule: it stays unchanged. */
  suiteOf(name: string): Suite | undefined {
    const own = ruleFor(this.#own, name);
    if (own !== undefined) return own;
    const whole = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    if (whole !== undefined) return whole;
    for (const [pattern, suite] of PATTERNS) {
      const match = pattern.exec(name);
      if (match !== null) return suite(match[1] ?? '');
    }
    return ruleFor(RULES, name);
  }
}

function ruleFor(rules: SuiteRules, name: string): Suite | undefined {
  if (Object.hasOwn(rules, name)) return rules[name];
  let best: string | undefined;
  for (const rule of Object.keys(rules)) {
    const fits = rule.endsWith('*') && name.startsWith(rule.slice(0, -1));
    if (fits && rule.length > (best?.length ?? 0)) best = rule;
  }
  return best === undefined ? undefined : rules[best];
}

/**
 * A test's path in the common model: the names from the root to the node without the checkout and the kbuild, with
 * suites for jobs. Null if nothing remains.
 * @param isBelowBuild whether a kbuild is above the node; otherwise it is directly below the checkout
 */
export function testPath(names: readonly string[], isBelowBuild: boolean, suites: Suites): string | null {
  const own = withoutRepeat(names.slice(isBelowBuild ? 2 : 1));
  // The job in which a builder runs its own selftests has the name of the build, and no suite.
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
