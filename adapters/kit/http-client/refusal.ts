import type { Dispatcher } from 'undici';
import { SourceError } from '../../errors.ts';
import { discard, startOfBody } from './answer-body.ts';
import { retryAfter } from './retry-after.ts';

/** Of a refusal so much is read, for so long, to find out for how long it holds. */
const MESSAGE_BYTES = 4_096;
const MESSAGE_MS = 1_000;

/** What a status means that no adapter has to judge; null where the adapter does. */
export async function refusalOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  retryHeader = headers['retry-after'],
): Promise<SourceError | null> {
  const header = typeof retryHeader === 'string' ? retryHeader : undefined;
  // A date is meant by the source's clock, which may be another than ours.
  const itsNow = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  const now = Number.isNaN(itsNow) ? Date.now() : itsNow;
  if (statusCode === 429) {
    body.on('error', () => undefined);
    const encoding = headers['content-encoding'];
    const message = await startOfBody(
      body,
      typeof encoding === 'string' ? encoding : undefined,
      MESSAGE_BYTES,
      MESSAGE_MS,
    );
    const rest = retryAfter(header, message, now);
    const options = rest === null ? {} : { retryAfterMs: rest };
    return new SourceError('SOURCE_RATE_LIMITED', 'The source asked for fewer requests.', options);
  }
  if (statusCode === 401 || statusCode === 403) {
    discard(body);
    const message = `The source refused the request (status ${statusCode}): its credentials are missing, wrong or not enough.`;
    return new SourceError('SOURCE_UNAVAILABLE', message, { isRetryable: false });
  }
  if (statusCode >= 500) {
    discard(body);
    const rest = retryAfter(header, '', now);
    const options = rest === null ? {} : { retryAfterMs: rest };
    return new SourceError('SOURCE_UNAVAILABLE', `The source is out of order (status ${statusCode}).`, options);
  }
  return null;
}
