import * as z from 'zod';
import { DEFAULT_SPOOL_LIMITS } from '../ingest/queue.ts';

const MANY = Number.MAX_SAFE_INTEGER;
const text = () => z.string().min(1).meta({ kind: 'text' });
const list = (kind: string) => z.union([text(), z.array(text())]).meta({ kind });

/** What every source takes beside the options of its adapter. */
export const SOURCE_SCHEMA = z.strictObject({
  adapter: text().describe('The name of a built-in adapter, the path of a plug-in, or an npm package.'),
  timeout: duration(1).optional().describe('How long a call may take; below limits.deadline.'),
  concurrency: whole(1, 10_000).optional().describe('Upstream requests under way at once.'),
  rate: z
    .union([z.number().positive(), z.null()], { error: 'It must be a number above 0, or null for no limit.' })
    .optional()
    .meta({ kind: 'a number, or null' })
    .describe('Upstream requests a second; null: no limit.'),
  cacheTtl: duration()
    .optional()
    .describe('How old an answer may be that was kept; 0: none is kept. It also bounds what an adapter keeps.'),
  staleIfError: duration().optional().describe('How long an old answer serves while the source fails.'),
  priority: z
    .number()
    .default(0)
    .meta({ kind: 'a number' })
    .describe('Whose fields win where sources differ: higher first, ties in the order of the file.'),
  breaker: z
    .strictObject({
      failures: whole(1, MANY).default(5).describe('Failures in a row that open the breaker.'),
      openFor: duration(1).default(20_000).describe('How long it stays open before the next try.'),
    })
    .prefault({})
    .describe('The circuit breaker round the source.'),
  restAfter429: duration(1)
    .default(60_000)
    .describe('How long the source rests after it asked for fewer requests without naming a time.'),
  offline: flag().default(false).describe('Answer from what is on disk only.'),
  privateAddresses: flag()
    .default(false)
    .describe("The name of the source's host may lead to a private address; localhost and plain addresses always may."),
  tls: z
    .strictObject({
      ca: text().optional().describe('Certificates to trust, as PEM or the path of a PEM file.'),
      cert: text().optional().describe("The client's certificate, as PEM or the path of a PEM file."),
      key: text().optional().describe("The client's key, as PEM or the path of a PEM file."),
      servername: text().optional().describe("The name that the source's certificate must bear."),
    })
    .optional()
    .describe('Transport security, where the defaults of the system do not fit.'),
});

const LISTEN = z.strictObject({
  host: text().default('127.0.0.1').describe('The address to listen on.'),
  port: whole(0, 65_535).default(4000).describe('The port; 0: any that is free. --port and PORT come first.'),
});

const SUBMIT = z.strictObject({
  into: text().optional().describe('The source that submissions are stored in; may be left out where there is one.'),
  jwtSecret: z
    .union([z.string(), z.array(z.string())])
    .meta({ kind: 'text, or a list of texts' })
    .optional()
    .describe(
      'What tokens are signed with (HS256), at least 32 bytes; a list while it is changed, the first one signs.',
    ),
  openSubmit: flag().default(false).describe('Take submissions without a token; on a loopback address only.'),
  spoolBytes: byteSize()
    .default(DEFAULT_SPOOL_LIMITS.spoolBytes)
    .describe(
      'Bytes on disk of all documents that wait to be stored, decompressed; beyond them a submission gets a 503.',
    ),
  spoolBytesPerOrigin: byteSize().default(DEFAULT_SPOOL_LIMITS.spoolBytesPerOrigin).describe('The same of one origin.'),
});

const LIMITS = z.strictObject({
  depth: whole(1, 1_000).default(16).describe('How deep a query may nest.'),
  aliases: whole(0, MANY).default(50).describe('Aliases in a query.'),
  tokens: whole(1, MANY).default(5_000).describe('Tokens in a query.'),
  cost: whole(1, MANY).default(100_000).describe('Objects that the page sizes of a query allow.'),
  values: whole(1, MANY).default(5_000).describe('Values in a list of a filter or of another argument.'),
  textBytes: byteSize().default(131_072).describe("Bytes of a query's text."),
  bodyBytes: byteSize().default(536_870_912).describe('Bytes of a submission, after decompression.'),
  graphqlBytes: byteSize()
    .default(1_048_576)
    .describe('Bytes of a GraphQL request, after decompression; larger documents go to /submit.'),
  inFlight: whole(1, MANY)
    .default(200)
    .describe('Requests worked on at once; beyond it the answer is 503 with Retry-After.'),
  inFlightBytes: byteSize()
    .default(268_435_456)
    .describe(
      'Bytes of memory that all requests share for bodies, rows of sources and answers not yet taken; a request that needs more waits.',
    ),
  deadline: duration(1).default(10_000).describe('How long a query may take.'),
});

/** The configuration as a whole; each source is checked further by the options of its adapter. */
export const CONFIG_SCHEMA = z.strictObject({
  listen: LISTEN.prefault({}).describe('Where to listen.'),
  sources: z
    .record(z.string(), z.unknown())
    .refine((sources) => Object.keys(sources).length > 0, 'It must name at least one source.')
    .default({ native: { adapter: 'postgres', url: 'embedded:./data' } })
    .describe('The CI systems to ask, by a name of your own.'),
  submit: SUBMIT.optional().describe('How submissions are taken; without it there are none.'),
  openSubmit: flag().optional().describe('The same as submit.openSubmit.'),
  dataDir: text().default('./data').describe('Where sources keep their indices and caches, and submissions wait.'),
  limits: LIMITS.prefault({}).describe('What one request may ask for, and how many are worked on.'),
  cors: list('text, or a list of texts')
    .superRefine((given, context) => {
      const origins = [given].flat();
      for (const [at, origin] of origins.entries()) {
        if (isOrigin(origin)) continue;
        const message = 'It must be an origin such as https://dashboard.example, with nothing behind the host, or "*".';
        context.addIssue({ code: 'custom', message, path: typeof given === 'string' ? [] : [at] });
      }
    })
    .default([])
    .describe('Origins of web pages that may ask, such as https://dashboard.example; "*" for all.'),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('The least that is logged.'),
      format: z.enum(['json', 'text']).optional().describe('Default: text on a terminal, else json.'),
    })
    .prefault({})
    .describe('What is logged, on standard error.'),
  graphiql: z
    .strictObject({
      queries: text()
        .optional()
        .describe(
          'A folder of queries for the tabs that GraphiQL opens with: NAME.graphql, by name, with their variables in NAME.json; without it they are those that kcigraph brings.',
        ),
    })
    .prefault({})
    .describe('What people meet in a browser.'),
  trustProxy: flag().default(false).describe("Take a client's address from X-Forwarded-For."),
  userAgent: text().optional().describe('What kcigraph calls itself when it asks a source.'),
  retention: duration(3_600_000)
    .optional()
    .describe('Stored objects that did not change for so long are removed, once a day; without it none are.'),
});

/** Browsers compare letter by letter: what is written in another way would never be let in. */
function isOrigin(text: string): boolean {
  const origin = URL.parse(text)?.origin;
  return text === '*' || (origin === 'null' ? /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(text) : origin === text);
}

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const BYTES = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 } as const;

/** Milliseconds of `250ms`, `10s`, `5m`, `2h`, `30d`, `1w`, or of a plain number; null where it is none of them. */
export function parseDuration(text: string | number): number | null {
  return parseQuantity(text, MILLISECONDS);
}

/** Bytes of `512MiB`, `16MB`, or of a plain number; null where it is none of them. */
function parseByteSize(text: string | number): number | null {
  const bytes = parseQuantity(text, BYTES);
  return bytes === null ? null : Math.floor(bytes);
}

function parseQuantity(text: string | number, units: Readonly<Record<string, number>>): number | null {
  const match = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)\s*$/i.exec(String(text));
  const factor = match?.[2] === '' ? 1 : units[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || factor === undefined) return null;
  const value = Number(match[1]) * factor;
  return Number.isFinite(value) ? value : null;
}

/** A duration in milliseconds, of at least `least`. */
export function duration(least = 0) {
  return quantity(
    parseDuration,
    least,
    'a duration',
    ' such as 250ms, 10s, 5m, 2h or 30d, or a number of milliseconds',
  );
}

/** A number of bytes, of at least `least`. */
export function byteSize(least = 1) {
  return quantity(parseByteSize, least, 'a size', ' such as 16MiB, or a number of bytes');
}

function quantity(parse: (text: string | number) => number | null, least: number, kind: string, forms: string) {
  const expected = `${kind}${forms}`;
  return z
    .union([z.number(), z.string()], { error: `It must be ${expected}.` })
    .transform((given, context): number => {
      const value = parse(given);
      if (value !== null && value >= least) return value;
      const rule = value === null ? `be ${expected}` : `be at least ${least}`;
      context.addIssue({ code: 'custom', message: `It must ${rule}.`, input: given });
      return z.NEVER;
    })
    .meta({ kind });
}

/** A whole number between the bounds; digits as text count too, since the environment knows nothing else. */
export function whole(least: number, most: number) {
  return z
    .union([z.number(), z.string()], { error: 'It must be a whole number.' })
    .transform((given, context): number => {
      const value = typeof given === 'number' ? given : /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      context.addIssue({ code: 'custom', message: `It must be a whole number ${range}.`, input: given });
      return z.NEVER;
    })
    .meta({ kind: 'a whole number' });
}

/** True or false; as text too, since the environment knows nothing else. */
export function flag() {
  return z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'It must be true or false.' })
    .transform((given) => given === true || given === 'true')
    .meta({ kind: 'true or false' });
}
