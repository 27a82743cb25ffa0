const MAX_LENGTH = 160;

/** What came, for a sentence: cut short, on one line, without addresses. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const line = text
    .slice(0, 20 * MAX_LENGTH)
    .replace(/\bhttps?:\/\/[^\s"'<>]+/gi, '(a URL)')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const cut = line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : line;
  return cut === '' ? 'nothing' : cut;
}
