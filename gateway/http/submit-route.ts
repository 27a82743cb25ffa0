import { SourceError } from '../../adapters/contract/errors.ts';
import { Refusal, type RefusalCode, type SubmissionDoor, type TakeMemory, WHOLE_BYTES } from '../ingest/submission.ts';
import { type Exchange, HttpRefusal, type Route } from './exchange.ts';
import { type Body, bearerToken, isLocalRequest, mediaTypeOf, NOT_LOCAL, readBody } from './request.ts';
import { sendJson } from './send.ts';

const STATUS: { readonly [C in RefusalCode]: number } = { UNAUTHENTICATED: 401, FORBIDDEN: 403, BAD_USER_INPUT: 400 };
/** Seconds, where a store that is down does not say when to come again. */
const RETRY_AFTER = 10;

export interface SubmitOptions {
  readonly submission: SubmissionDoor;
  readonly maxBytes: number;
  /** Submissions need no token: only from this machine then. */
  readonly open: boolean;
}

/** POST /submit, as KernelCI's own receiver answers, with the reasons of a refusal beside it. */
export function submitRoute(options: SubmitOptions): Route {
  return { name: '/submit', methods: { POST: (exchange) => submit(options, exchange) }, errorBody: submissionError };
}

/** GET /status?id=ID: what became of a submission. */
export function statusRoute(options: SubmitOptions): Route {
  return { name: '/status', methods: { GET: (exchange) => status(options, exchange) }, errorBody: submissionError };
}

async function submit({ submission, maxBytes, open }: SubmitOptions, exchange: Exchange): Promise<void> {
  const { request, response, signal, memory, memoryWait } = exchange;
  if (open && !isLocalRequest(request)) throw new HttpRefusal(403, NOT_LOCAL);
  const type = mediaTypeOf(request);
  if (type?.essence !== 'application/json') {
    throw new HttpRefusal(
      415,
      `The Content-Type must be application/json, not ${JSON.stringify(type?.essence ?? '')}.`,
    );
  }
  let body: Body | null = null;
  const takeMemory: TakeMemory = async (bytes, place) => {
    if (place === 'file') await memory.takeDocument(bytes, signal);
    else await memory.take('body', bytes, { signal, deadline: Date.now() + memoryWait });
  };
  try {
    const authority = await submission.authorise(bearerToken(request));
    body = readBody(exchange, maxBytes, WHOLE_BYTES);
    if (prefersAsync(request.headers.prefer)) {
      const { id } = await submission.submitLater(body, authority, signal);
      const message = 'The document is kept; /status tells what becomes of it.';
      return sendJson(response, 202, { id, status: 'ok', message }, { 'preference-applied': 'respond-async' });
    }
    const { id, message, conflicts } = await submission.submitBytes(body, authority, signal, takeMemory);
    sendJson(response, 200, { id, status: 'ok', message, conflicts });
  } catch (error) {
    throw body?.fault ?? refusalOf(error);
  }
}

async function status({ submission, open }: SubmitOptions, { request, response, search }: Exchange): Promise<void> {
  if (open && !isLocalRequest(request)) throw new HttpRefusal(403, NOT_LOCAL);
  const id = new URLSearchParams(search).get('id');
  if (id === null || id === '') throw new HttpRefusal(400, 'Say which submission: /status?id=ID.');
  try {
    const receipt = await submission.receipt(id, await submission.authorise(bearerToken(request)));
    if (receipt === null) {
      return sendJson(response, 404, {
        id,
        status: 'notfound',
        message: 'There is no such submission, or not for this token.',
      });
    }
    const answer = { id: receipt.id, status: receipt.state, message: MESSAGES[receipt.state] };
    sendJson(response, 200, receipt.state === 'failed' ? { ...answer, errors: receipt.errors } : answer);
  } catch (error) {
    throw refusalOf(error);
  }
}

const MESSAGES = {
  processed: 'The document is stored.',
  inprogress: 'The document waits to be stored.',
  failed: 'The document was refused; nothing of it is stored.',
} as const;

function prefersAsync(prefer: string | string[] | undefined): boolean {
  return [prefer ?? []].flat().some((value) => /(^|[,;\s])respond-async([,;\s]|$)/i.test(value));
}

function refusalOf(error: unknown): unknown {
  if (error instanceof Refusal) {
    const headers: Record<string, string> = error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
    return new HttpRefusal(STATUS[error.code], error.message, { headers, faults: error.faults });
  }
  if (error instanceof SourceError) {
    const seconds = error.retryAfterMs === null ? RETRY_AFTER : Math.ceil(error.retryAfterMs / 1000);
    return new HttpRefusal(503, error.message, { headers: { 'retry-after': String(seconds) } });
  }
  return error;
}

function submissionError(
  _status: number,
  { message, faults }: { message: string; faults: readonly object[] },
): unknown {
  return { id: '0', status: 'error', message, errors: faults };
}
