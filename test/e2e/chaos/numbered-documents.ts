/** Origins that submit side by side. */
export const ORIGINS = ['acme', 'bravo', 'carrot'] as const;

const TESTS = 5;
/** Documents that one query asks for. */
const BATCH = 20;

/** Fifty documents make a day, so that a window of time holds some of them. */
function timeOf(number: number, test = 0): string {
  return new Date(Date.UTC(2026, 2, 1) + number * 1_728_000 + test * 1_000).toISOString();
}

/** A checkout, a build and its tests, whose ids follow from the number. */
export function numberedDocument(number: number): string {
  const origin = ORIGINS[number % ORIGINS.length];
  const id = `${origin}:chaos-${number}`;
  return JSON.stringify({
    version: { major: 5, minor: 3 },
    checkouts: [
      {
        id,
        origin,
        tree_name: `tree-${number % 5}`,
        git_commit_hash: number.toString(16).padStart(40, '7'),
        valid: true,
      },
    ],
    builds: [{ id, checkout_id: id, origin, architecture: 'arm64', start_time: timeOf(number), status: 'PASS' }],
    tests: Array.from({ length: TESTS }, (_, test) => ({
      id: `${id}-${test}`,
      build_id: id,
      origin,
      path: `suite-${test}.case-${number % 50}`,
      status: test === 0 ? 'FAIL' : 'PASS',
      start_time: timeOf(number, test),
      log_excerpt: `line ${number} of ${test}\n`.repeat(40),
    })),
  });
}

/** Queries that together ask for all objects of these documents, with the documents of each. */
export function queriesFor(numbers: readonly number[]): readonly { numbers: readonly number[]; query: string }[] {
  const batches = Array.from({ length: Math.ceil(numbers.length / BATCH) }, (_, at) =>
    numbers.slice(at * BATCH, (at + 1) * BATCH),
  );
  return batches.map((batch) => ({
    numbers: batch,
    query: `{ ${batch
      .map((number) => {
        const id = `${ORIGINS[number % ORIGINS.length]}:chaos-${number}`;
        return `d${number}: build(id: "${id}") { checkout { id } tests(first: ${TESTS + 1}) { nodes { id status } } }`;
      })
      .join(' ')} }`,
  }));
}

/** Those of the documents that an answer does not show as a whole. */
export function missingIn(data: Readonly<Record<string, unknown>> | null, numbers: readonly number[]): number[] {
  return numbers.filter((number) => {
    const text = JSON.stringify(data?.[`d${number}`] ?? null);
    const tests = new Set([...text.matchAll(/chaos-\d+-(\d)"/g)].map(([, test]) => test));
    return tests.size !== TESTS || !text.includes(`chaos-${number}"`);
  });
}
