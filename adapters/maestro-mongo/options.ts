import { z } from 'zod';
import { mongoOptions } from '../kit/mongo/connection.ts';

/** The database of Maestro, where neither the option nor the URL names one. */
export const DATABASE = 'kernelci';

const SUITE = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** What a source of this adapter is configured with: `url` is enough. */
export const options = z.strictObject({
  ...mongoOptions(DATABASE),
  origin: z
    .string()
    .regex(/^[a-z0-9_]+$/, { error: 'It must be lower-case letters, digits and underscores.' })
    .default('maestro')
    .describe('The origin of all objects, with which their ids begin.'),
  suites: z
    .record(z.string().min(1), z.string().regex(SUITE, { error: 'It must be a dotted path.' }).nullable())
    .default({})
    .describe(
      'Which suite stands for a job in paths, by the name of the job or the beginning of names (`NAME*`); null: none. Goes before the rules that are built in.',
    ),
  labs: z
    .record(z.string().min(1), z.url({ protocol: /^https?$/ }))
    .default({})
    .describe('Addresses of the labs’ LAVA servers by runtime, beside or instead of those that are built in.'),
  viewer: z
    .url({ protocol: /^https?$/ })
    .default('https://api.kernelci.org/viewer?node_id=')
    .describe('What the address of a node’s page begins with; the node’s id follows.'),
  scanned: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(20_000)
    .describe('In a database of no more nodes a read may look at each of them; 0: never.'),
  lifetime: z
    .number()
    .min(1)
    .max(8760)
    .default(72)
    .describe(
      'Hours within which all below a node comes into being. Only needed where the database is large and has no index that leads from a node to its children.',
    ),
});
export type MaestroOptions = z.output<typeof options>;
