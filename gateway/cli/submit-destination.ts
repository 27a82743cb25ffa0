import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import * as z from 'zod';
import type { Fault } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { openSources, storeOf } from '../app/sources.ts';
import { loadConfig } from '../config/load-config.ts';
import { DocumentLoader } from '../ingest/document-loader.ts';
import { Refusal } from '../ingest/submission.ts';
import { createLog } from '../log.ts';
import { CommandError, UsageError } from './command.ts';
import { print } from './console.ts';
import { describeConfig } from './existing-store.ts';

/** What became of one file. */
export type Outcome =
  | { readonly stored: true; readonly id: string; readonly message: string }
  | { readonly stored: false; readonly message: string; readonly faults: readonly Fault[] };

/** Takes documents: the store itself, or a gateway elsewhere. */
export interface Destination {
  /** Gives what became of a document; throws only where going on makes no sense. */
  send(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/** A file that cannot be read; the message says why. */
export class UnreadableFile extends Error {}

/** The store that the configuration submits into, as the operator, who loads for all origins. */
export async function openStore(configFile: string | undefined): Promise<Destination> {
  const config = await loadConfig({ file: configFile, overrides: { attach: true } });
  print(describeConfig(config));
  const log = createLog({ ...config.log, level: 'error' });
  const registry = await openSources(config, log);
  try {
    const into = config.submit?.into ?? registry.sources.find(({ adapter }) => adapter.store !== undefined)?.name;
    if (into === undefined) throw new CommandError('No source is a store: name one as submit.into.');
    const loader = new DocumentLoader({
      store: storeOf(registry, into),
      folder: join(config.dataDir, 'submissions'),
      log,
    });
    return {
      send: async (body, signal) => {
        try {
          return { stored: true, ...(await loader.loadBytes(body, { origins: null }, signal)) };
        } catch (error) {
          if (error instanceof Refusal) return { stored: false, message: error.message, faults: error.faults };
          if (error instanceof SourceError) return { stored: false, message: `${into}: ${error.message}`, faults: [] };
          throw error;
        }
      },
      close: async () => {
        await loader.close();
        await registry.stop();
      },
    };
  } catch (error) {
    await registry.stop();
    throw error;
  }
}

const FAULT = z.object({ path: z.string(), rule: z.string(), message: z.string(), value: z.json().default(null) });
const ANSWER = z.object({
  id: z.string().default(''),
  message: z.string().default(''),
  errors: z.array(FAULT).default([]),
});
const SHOWN_LENGTH = 300;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** A gateway elsewhere, by its own POST /submit. */
export function openUrl(text: string, token: string | undefined): Destination {
  const url = submitUrl(text);
  // Loading a large document takes its time, and the answer comes only after the commit.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (token !== undefined && token !== '') headers.authorization = `Bearer ${token}`;
  return {
    send: async (body, signal) => {
      try {
        const answer = await request(url, { method: 'POST', headers, body: Readable.from(body), dispatcher, signal });
        return outcomeOf(answer.statusCode, await answer.body.text());
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UnreadableFile) throw error;
        return { stored: false, message: `${url.host} cannot be reached: ${reasonOf(error)}.`, faults: [] };
      }
    },
    close: () => dispatcher.close(),
  };
}

/** The gateway's address, or that of its /submit. */
function submitUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(
      `--to takes the URL of a gateway, such as https://kcigraph.example, and not "${redactValue(text, 80)}".`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('--to takes a URL without a name or password: give the token in KCIGRAPH_TOKEN.');
  }
  if (!url.pathname.endsWith('/submit')) url.pathname = `${url.pathname.replace(/\/$/, '')}/submit`;
  return url;
}

function outcomeOf(status: number, text: string): Outcome {
  const answer = ANSWER.safeParse(parse(text.slice(0, MAX_ANSWER_BYTES)));
  if (status === 200 && answer.success) return { stored: true, id: answer.data.id, message: answer.data.message };
  if (!answer.success) {
    const shown = redactValue(text.trim(), SHOWN_LENGTH);
    return { stored: false, message: `The answer is ${status}, and not a gateway's: ${shown}`, faults: [] };
  }
  const hint = status === 401 ? ' Give the token in KCIGRAPH_TOKEN.' : '';
  return { stored: false, message: `${status}: ${answer.data.message}${hint}`, faults: answer.data.errors };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && 'code' in error ? String(error.code) : error.message.replace(/\.$/, '');
}
