const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [BRACKET, BRACE] = [0x5b, 0x7b];

/** No system's records are denser: a text that is holds little but empty brackets. */
const BYTES_A_VALUE = 8;
const LEAST_VALUES = 1_000;

/** How many values a text of that size may hold: two bytes of text can become a hundred of memory. */
export function mostValues(bytes: number): number {
  return Math.max(LEAST_VALUES, Math.floor(bytes / BYTES_A_VALUE));
}

/**
 * Whether a JSON text may hold more than so many values, which is to be known before it is parsed. Commas and opening
 * brackets are counted, which are as many as the values, or more.
 */
export function mayHoldMoreValues(text: string, most: number): boolean {
  let count = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === BRACKET || code === BRACE) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}

/** Where the string ends that begins there; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
