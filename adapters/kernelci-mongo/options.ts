import { z } from '../kit/author.ts';
import { mongoOptions } from '../kit/mongo/connection.ts';

/** What a source of this adapter is configured with. */
export const options = z.strictObject({
  ...mongoOptions('kernel-ci'),
  storageUrl: z
    .url({ protocol: /^https?$/, error: 'It must be a URL that starts with `http://` or `https://`.' })
    .default('https://storage.kernelci.org')
    .describe('Where logs, configurations and kernels lie: the paths in documents are relative to it.'),
  origin: z
    .string()
    .regex(/^[a-z0-9_]+$/, { error: 'It must be an origin: lower-case letters, digits and underscores.' })
    .default('kernelci')
    .describe('The origin under which the system reported to KCIDB.'),
  namespace: z
    .string()
    .regex(/^[^\s\0]+$/, { error: 'It must be a name without blanks.' })
    .default('kernelci.org')
    .describe('The name that ids of builds and tests bear behind the origin; staging had `staging.kernelci.org`.'),
  boots: z
    .boolean()
    .default(true)
    .describe('Whether the boots of before July 2020 are shown, as tests with the path `boot`.'),
  refresh: z
    .int()
    .min(1000)
    .default(600_000)
    .describe('Milliseconds between two looks for new revisions; the live system stopped in 2024.'),
  maxRevisions: z
    .int()
    .min(1000)
    .default(1_000_000)
    .describe('Revisions kept in the index by commit; beyond it those that were learnt first are forgotten.'),
});
export type LegacyOptions = z.output<typeof options>;
