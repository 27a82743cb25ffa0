const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** How much `JSON.parse` would make of a text. */
export interface JsonSize {
  /** Values of any kind, the outermost one included; at least as many as there are where the text is not JSON. */
  readonly values: number;
  /** Objects and lists within each other. */
  readonly nesting: number;
}

/** Measures JSON text in one pass over its bytes, without making anything of it. The text need not be JSON. */
export function jsonSize(text: Uint8Array): JsonSize {
  let values = 1;
  let depth = 0;
  let nesting = 0;
  let isFirst = false;
  for (let at = 0; at < text.length; at++) {
    const code = text[at] ?? 0;
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) continue;
    const closes = code === 0x7d || code === 0x5d;
    // The first of an object or a list, where it is not empty; each comma stands for one more.
    if ((isFirst && !closes) || code === COMMA) values++;
    isFirst = false;
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      isFirst = true;
      depth++;
      if (depth > nesting) nesting = depth;
    } else if (closes) depth--;
  }
  return { values, nesting };
}

/** Where the closing quote of a string is, or the end of the text. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}
