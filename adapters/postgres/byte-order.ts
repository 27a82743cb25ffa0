/** Compares as UTF-8 bytes, which is how the database sorts ids: UTF-16 puts characters beyond the first 65,536 too early. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return lifted(x) - lifted(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for what sorts behind all other units. */
function lifted(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
