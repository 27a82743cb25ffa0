import { SourceError } from '../../kit/author.ts';

/** Waits for something that others wait for too: whoever leaves does not end it for them. */
export async function whileWanted<T>(signal: AbortSignal, shared: Promise<T>): Promise<T> {
  if (signal.aborted) throw ended();
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(ended());
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([shared, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function ended(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The call ended before the documents were read.');
}
