const ARCHITECTURES = ['arm64', 'x86_64', 'riscv', 'arm', 'i386'] as const;
const STATUSES = ['PASS', 'PASS', 'PASS', 'PASS', 'PASS', 'PASS', 'PASS', 'SKIP', 'SKIP', 'FAIL', null] as const;
const ORIGINS = ['aspen', 'birch', 'cedar', 'dogwood', 'elm'] as const;
const BUILDS_OF_CHECKOUT = 13;
const TESTS_OF_BUILD = 75;
const START = Date.UTC(2026, 0, 1);

/** What the workloads ask for: ids that the documents hold. */
export interface Landmarks {
  readonly build: string;
  readonly commit: string;
  readonly origin: string;
  readonly from: string;
  readonly to: string;
}

/** A checkout's worth of invented results, all of the same shape: one document of 1 checkout, 13 builds and 975 tests. */
export function documentOf(index: number): object {
  const origin = ORIGINS[index % ORIGINS.length] ?? 'aspen';
  const commit = commitOf(index);
  const checkout = `${origin}:checkout-${index}`;
  const numbers = Array.from({ length: BUILDS_OF_CHECKOUT }, (_, build) => build);
  return {
    version: { major: 5, minor: 3 },
    checkouts: [
      {
        id: checkout,
        origin,
        tree_name: `tree-${index % 40}`,
        git_repository_url: `https://git.example.org/tree-${index % 40}.git`,
        git_repository_branch: 'main',
        git_commit_hash: commit,
        git_commit_name: `v6.20-rc1-${index}-g${commit.slice(0, 12)}`,
        start_time: timeOf(index, 0),
        valid: true,
      },
    ],
    builds: numbers.map((build) => ({
      id: `${origin}:build-${index}-${build}`,
      origin,
      checkout_id: checkout,
      architecture: ARCHITECTURES[build % ARCHITECTURES.length],
      config_name: `config-${build}`,
      compiler: 'gcc-14',
      start_time: timeOf(index, build),
      duration: 300 + build,
      status: build % 9 === 8 ? 'FAIL' : 'PASS',
    })),
    tests: numbers.flatMap((build) => testsOf(index, build, origin)),
  };
}

export const TESTS_OF_DOCUMENT = BUILDS_OF_CHECKOUT * TESTS_OF_BUILD;

/** A build and a commit in the middle, and a day that has failures of one origin. */
export function landmarks(documents: number): Landmarks {
  const middle = Math.floor(documents / 2);
  const origin = ORIGINS[middle % ORIGINS.length] ?? 'aspen';
  return {
    build: `${origin}:build-${middle}-3`,
    commit: commitOf(middle),
    origin,
    from: timeOf(Math.max(0, middle - 30), 0),
    to: timeOf(middle + 30, 0),
  };
}

/** At most so many ids of builds, from all over the documents. */
export function buildIds(documents: number, most: number): readonly string[] {
  const builds = documents * BUILDS_OF_CHECKOUT;
  return Array.from({ length: Math.min(most, builds) }, (_, at) => {
    const number = Math.floor((at * builds) / Math.min(most, builds));
    const index = Math.floor(number / BUILDS_OF_CHECKOUT);
    return `${ORIGINS[index % ORIGINS.length]}:build-${index}-${number % BUILDS_OF_CHECKOUT}`;
  });
}

function testsOf(index: number, build: number, origin: string): object[] {
  return Array.from({ length: TESTS_OF_BUILD }, (_, test) => {
    const number = (index * BUILDS_OF_CHECKOUT + build) * TESTS_OF_BUILD + test;
    const status = STATUSES[number % STATUSES.length];
    return {
      id: `${origin}:test-${number}`,
      origin,
      build_id: `${origin}:build-${index}-${build}`,
      path: `suite-${test % 10}.group-${test % 25}.case-${test}`,
      ...(status === null ? {} : { status }),
      start_time: timeOf(index, build, test),
      duration: 1 + (number % 60),
      environment: { misc: { platform: `board-${build}` }, compatible: [`vendor,board-${build}`] },
      misc: { runtime: `lab-${index % 7}` },
    };
  });
}

function commitOf(index: number): string {
  return (BigInt(index + 1) * 0x9e3779b97f4a7c15n).toString(16).padStart(40, '5').slice(-40);
}

/** Half an hour a checkout, a minute a build, a second a test. */
function timeOf(index: number, build: number, test = 0): string {
  return new Date(START + index * 1_800_000 + build * 60_000 + test * 1000).toISOString();
}
