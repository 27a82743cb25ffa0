import { z } from '../kit/author.ts';

const path = (standard: string, what: string) =>
  z
    .string()
    .regex(/^\/(?!\/)[^?#\s]*$/, { error: 'It must be a path that starts with one `/`, without a query.' })
    .default(standard)
    .describe(what);

/** What a source of this adapter is configured with. */
export const options = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'It must be a URL that starts with `http://` or `https://`.' })
    .describe('The dashboard, such as `https://syzkaller.appspot.com`.'),
  namespaces: z
    .array(z.string().regex(/^[\w.-]{1,100}$/, { error: 'It must be a name such as `upstream` or `linux-6.6`.' }))
    .min(1)
    .default(['upstream'])
    .meta({ kind: 'a list of names' })
    .describe('Whose bugs are read: syzbot publishes no list of its namespaces.'),
  token: z.string().min(1).optional().describe('Of a known account, sent as a Bearer token; nobody needs one.'),
  paths: z
    .strictObject({
      open: path('/{namespace}', 'The list of open bugs; `{namespace}` stands for the namespace.'),
      fixed: path('/{namespace}/fixed', 'The list of bugs with a fix.'),
      invalid: path('/{namespace}/invalid', 'The list of bugs that were none.'),
      bug: path('/bug', 'One bug, by `id` or `extid`.'),
    })
    .prefault({})
    .describe('Where the dashboard keeps what is read.'),
  freshness: z
    .int()
    .min(100)
    .default(600_000)
    .describe('Milliseconds for which the lists, and a bug that is asked for, count as fresh.'),
  recheck: z
    .int()
    .min(100)
    .default(86_400_000)
    .describe('Milliseconds after which an open bug is read again unasked; a closed one after 30 times as long.'),
  patience: z
    .int()
    .min(0)
    .default(3_000)
    .describe('Milliseconds that a question waits for the first that is learnt, where nothing is known yet.'),
  maxEntries: z.int().min(1_000).default(3_000_000).describe('Objects that are kept on disk; the oldest go first.'),
  maxBytes: z
    .int()
    .min(1_000_000)
    .default(1024 * 1024 * 1024)
    .describe('Bytes of objects that are kept on disk, without the indices over them.'),
});
export type SyzbotOptions = z.output<typeof options>;
