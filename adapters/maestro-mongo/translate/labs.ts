/** The labs that run LAVA, with the address of its server, as KernelCI's pipeline has them. */
export const LAVA_LABS: Readonly<Record<string, string>> = {
  'lava-baylibre': 'https://lava.baylibre.com/',
  'lava-broonie': 'https://lava.sirena.org.uk/',
  'lava-cip': 'https://lava.ciplatform.org/',
  'lava-clabbe': 'https://lava.montjoie.ovh/',
  'lava-collabora': 'https://lava.collabora.dev/',
  'lava-collabora-staging': 'https://staging.lava.collabora.dev/',
  'lava-foundriesio': 'https://lava.infra.foundries.io',
  'lava-kontron': 'https://lavalab.kontron.com',
  'lava-pengutronix': 'https://lava.pengutronix.de',
};

/** The lab of a runtime: builders and containers are none. */
export function labOf(runtime: string | null): string | null {
  return runtime !== null && /^(lava|pull)-/.test(runtime) ? runtime : null;
}

/** Where a lab shows a job; null where its address is not known. */
export function jobUrl(labs: Readonly<Record<string, string>>, runtime: string | null, job: string): string | null {
  const lab = runtime !== null && Object.hasOwn(labs, runtime) ? labs[runtime] : undefined;
  return lab === undefined ? null : new URL(`/scheduler/job/${encodeURIComponent(job)}`, lab).href;
}
