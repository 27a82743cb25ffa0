import { GraphQLError } from 'graphql';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { RequestContext } from '../../federation/request.ts';
import { clientError } from '../../federation/source-report.ts';
import { Refusal } from '../../ingest/submission.ts';
import type { BatchResolver } from './batch-resolver.ts';

interface Submission {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly counts: unknown;
  readonly conflicts: number;
}

const submit: BatchResolver<unknown, { readonly document: unknown }, Submission> = (parents, { document }, context) =>
  Promise.all(parents.map(() => submitOne(document, context)));

async function submitOne(document: unknown, context: RequestContext): Promise<Submission> {
  try {
    const authority = await context.submission.authorise(context.token);
    const { id, message, counts, conflicts } = await context.submission.submitValue(
      document,
      authority,
      context.signal,
    );
    return { id, status: 'ok', message, counts, conflicts };
  } catch (error) {
    if (error instanceof Refusal) throw refused(error);
    if (error instanceof SourceError) throw notStored(error);
    throw error;
  }
}

function refused({ code, message, faults }: Refusal): GraphQLError {
  return clientError(code, message, faults.length === 0 ? {} : { errors: faults });
}

function notStored({ code, message, retryAfterMs }: SourceError): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(retryAfterMs === null ? {} : { retryAfterMs }) } });
}

export const mutation = { submit };
