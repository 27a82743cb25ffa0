type Extensions = Readonly<Record<string, unknown>>;

/** The answer's extensions without how long each source took, and how old its part was. */
export function withoutTimes(extensions: Extensions | undefined): Extensions | undefined {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return extensions;
  const timeless = Object.entries(sources).map(([name, { ms: _ms, ageMs: _ageMs, ...usage }]) => [name, usage]);
  return { ...extensions, sources: Object.fromEntries(timeless) };
}

/** How old the oldest part of an answer is, over all sources, in milliseconds. */
export function oldestAge(extensions: Extensions | undefined): number {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return 0;
  const ages = Object.values(sources).map(({ ageMs }) => (typeof ageMs === 'number' ? ageMs : 0));
  return Math.max(0, ...ages);
}
