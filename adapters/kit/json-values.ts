const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [BRACKET, BRACE] = [0x5b, 0x7b];

/**
 * Whether a JSON text may hold more than so many values: two bytes of text can become hundreds of memory, so that this is
 * known before it is parsed. Commas and opening brackets are counted, which are as many as the values, or more.
 * @param bytes UTF-8
 */
export function mayHoldMoreValues(bytes: Uint8Array, most: number): boolean {
  let count = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}

/** Where the string ends that begins there; the end of the text where it does not. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return bytes.length;
}
