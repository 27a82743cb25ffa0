type Extensions = Readonly<Record<string, unknown>>;

/** The answer's extensions without how long each source took. */
export function withoutTimes(extensions: Extensions | undefined): Extensions | undefined {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return extensions;
  const timeless = Object.entries(sources).map(([name, { ms: _ms, ...usage }]) => [name, usage]);
  return { ...extensions, sources: Object.fromEntries(timeless) };
}
