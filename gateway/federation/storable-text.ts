/** Whether a source can hold this text at all: a NUL or half a surrogate pair fits nothing, and is not sent to any. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
