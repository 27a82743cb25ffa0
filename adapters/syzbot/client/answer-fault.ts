import { type HttpResponse, SourceError } from '../../kit/author.ts';

/** What came instead of what was expected, as a sentence that quotes its beginning. */
export function unexpected(what: string, answer: HttpResponse): SourceError {
  const message = `Asked for ${what}, the source answered with the status ${answer.status} and ${typeOf(answer)}${quoted(answer)}.`;
  return new SourceError('SOURCE_BAD_DATA', message);
}

export function typeOf({ headers }: HttpResponse): string {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  // A media type is made of few characters; anything else is not worth showing.
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : 'no content type';
}

/** The first words, without markup and without addresses, which are nobody's business. */
export function quoted(answer: HttpResponse): string {
  if (answer.status >= 300 && answer.status <= 399) return '';
  const words = answer
    .text()
    .slice(0, 5_000)
    .replace(/<(script|style)\b[\s\S]{0,4000}?<\/\1>/gi, ' ')
    .replace(/<[^>]{0,500}>/g, ' ')
    .replace(/\b[a-z]{2,10}:\/\/\S+/gi, '…')
    .replace(/[^\x20-\x7e…]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return words === '' ? ' and nothing in it' : `: “${words.slice(0, 160)}”`;
}
