import { z } from 'zod';

const EMBEDDED = 'embedded:';
const SERVER = /^postgres(ql)?:\/\//;

/** What a source of this adapter is configured with. */
export const options = z.strictObject({
  url: z
    .string()
    .refine((url) => SERVER.test(url) || (url.startsWith(EMBEDDED) && url.length > EMBEDDED.length), {
      error: 'It must be `embedded:FOLDER` or a URL that starts with `postgres://`.',
    })
    .describe('Where the data is: `embedded:FOLDER` (an embedded PostgreSQL, in FOLDER/postgres) or `postgres://…`.'),
  readUrl: z
    .string()
    .regex(SERVER, { error: 'It must be a URL that starts with `postgres://`.' })
    .optional()
    .describe('A replica that answers the reads.'),
  poolSize: z.int().min(1).max(1000).default(10).describe('Connections for reads at once.'),
  loadPoolSize: z.int().min(1).max(1000).default(4).describe('Connections for loads at once.'),
  connectTimeout: z.int().min(1).default(5000).describe('Milliseconds to wait for a connection.'),
  prepare: z
    .boolean()
    .default(true)
    .describe('Prepared statements; off behind a connection pooler that does not know them.'),
  migrate: z.boolean().default(true).describe('Bring the tables up to date at the start.'),
  attach: z
    .boolean()
    .default(false)
    .describe('Use the embedded server together with the process that serves it: for commands beside a gateway.'),
});
export type PostgresOptions = z.output<typeof options>;

/** The folder of an embedded server, or null where the URL names a server. */
export function embeddedFolder(url: string): string | null {
  return url.startsWith(EMBEDDED) ? url.slice(EMBEDDED.length) : null;
}
