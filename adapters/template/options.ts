import { FILTER_FIELDS, PATH_KIND, z } from '../kit/author.ts';

const FIELDS = [...new Set(Object.values(FILTER_FIELDS).flatMap((fields) => Object.keys(fields)))];

/** What a source of this adapter is configured with. */
export const options = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .meta({ kind: PATH_KIND })
      .describe('A folder of `*.json` and `*.ndjson` files, or one such file. Changes are followed.'),
    url: z
      .url({ protocol: /^https?$/, error: 'It must be a URL that starts with `http://` or `https://`.' })
      .optional()
      .describe('Where one document, or documents line by line, are fetched from, instead of `path`.'),
    token: z.string().min(1).optional().describe('Sent to `url` as a Bearer token.'),
    paging: z
      .enum(['keyset', 'offset', 'full'])
      .default('keyset')
      .describe('How lists are paged through; for trying how the gateway treats other kinds of sources.'),
    filters: z
      .union([z.enum(['all', 'none']), z.array(z.enum(FIELDS))], { error: 'It must be all, none or a list of fields.' })
      .default('all')
      .meta({ kind: 'all, none or a list of fields' })
      .describe('Which filters the adapter applies itself; the gateway applies the others.'),
    maxObjects: z
      .int()
      .min(1)
      .default(200_000)
      .describe('Objects that are kept in memory; beyond it the source fails.'),
    maxBytes: z
      .int()
      .min(1)
      .default(268_435_456)
      .describe('Bytes that the objects take in memory, about; beyond it the source fails.'),
    documentBytes: z
      .int()
      .min(1)
      .default(536_870_912)
      .describe('Bytes of what `url` gives, decompressed; more is refused.'),
    rescan: z.int().min(100).default(10_000).describe('Milliseconds between two looks at the files, beside watching.'),
    freshness: z.int().min(0).default(60_000).describe('Milliseconds for which what `url` gave counts as fresh.'),
  })
  .refine(({ path, url }) => (path === undefined) !== (url === undefined), {
    error: 'Give either `path` or `url`.',
  });
export type FileOptions = z.output<typeof options>;
