/** Characters that an excerpt of a log may have. */
const MAX_LENGTH = 16_384;

/** The end of a log, where it says why it ended. */
export function endOf(lines: readonly string[]): string | null {
  const text = cleaned(lines);
  return text === '' ? null : text.slice(-MAX_LENGTH).toWellFormed();
}

/** The beginning of a list of messages, the most important of which come first. */
export function beginningOf(lines: readonly string[]): string | null {
  const text = cleaned(lines);
  return text === '' ? null : text.slice(0, MAX_LENGTH).toWellFormed();
}

/** No store takes a NUL. */
function cleaned(lines: readonly string[]): string {
  return lines.join('\n').replaceAll('\0', '\u{fffd}').toWellFormed();
}
