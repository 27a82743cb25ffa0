const BLOT = '[redacted]';

/** Secrets that are recognised by their form, wherever they are in a text. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{8,}/gi, `$1 ${BLOT}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, BLOT],
  [/([?&](?:sig|\w*(?:token|key|secret|password|passwd))=)[^&\s"\\]+/gi, `$1${BLOT}`],
];

/** An `@`, or the way a URL writes one inside a name or password. */
const AT = /@|%40/gi;
const HAS_AT = /@|%40/i;
/** Control characters, and those that turn the direction of what follows them. */
const CONTROLS = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/**
 * A text fit for a log or a terminal: secrets are blotted out, and a control character (C1 too) is written as `\u009b`.
 * Line breaks and tabs stay: use {@link printableLine} for what must not begin a line of its own.
 */
export function printable(text: string): string {
  return redact(text).replaceAll(CONTROLS, (control) =>
    control === '\n' || control === '\t' ? control : escaped(control),
  );
}

/** The same for a part of a line. */
export function printableLine(text: string): string {
  return redact(text).replaceAll(CONTROLS, escaped);
}

/**
 * The text without what would let a reader in somewhere. Whatever is before an `@` in what may be a URL counts as a
 * password, since a mistyped URL does not say where its password begins.
 */
export function redact(text: string): string {
  const open = SECRETS.reduce((rest, [secret, instead]) => rest.replaceAll(secret, instead), text);
  // Every line of the log comes by here, and few hold any.
  return HAS_AT.test(open) ? open.replaceAll(/[^\s"]+/g, redactWord) : open;
}

/** A value that should be a URL or may contain one, in at most `length` characters: all before its last `@` is blotted. */
export function redactValue(value: string, length = 60): string {
  const at = lastAt(value);
  // A password may hold spaces and quotes where the URL is wrong, so the value counts as one word.
  const open = redact(at < 0 ? value : `${schemeOf(value.slice(0, at))}${BLOT}${value.slice(at)}`);
  return open.length > length ? `${open.slice(0, length)}…` : open;
}

/** An address of mail and a path on disk may contain an `@`; where there is a name and a password, `:` or `//` is before it. */
function redactWord(word: string): string {
  const at = lastAt(word);
  if (at < 0 || IS_FILE.test(word)) return word;
  const before = word.slice(0, at);
  if (!/:|%3a|\/\//i.test(before) || before.endsWith(BLOT)) return word;
  return `${schemeOf(before)}${BLOT}${word.slice(at)}`;
}

/** A stack names files by their URL, and npm keeps packages in folders whose names begin with an `@`. */
const IS_FILE = /^\(?file:\/\/\/|\/node_modules\//;

/** How the text begins, up to the slashes behind the scheme, however many they are and with or without the colon. */
function schemeOf(text: string): string {
  return /^[^:/@]{0,40}:?\/\//.exec(text)?.[0] ?? /^[a-z][a-z+.-]{0,40}:\//.exec(text)?.[0] ?? '';
}

function lastAt(text: string): number {
  return [...text.matchAll(AT)].at(-1)?.index ?? -1;
}

function escaped(control: string): string {
  if (control === '\n') return '\\n';
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
