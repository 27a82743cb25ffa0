import { z } from 'zod';

/** A scheme, perhaps a user, one host or more, perhaps a database and options. */
const URL_OF_A_DATABASE = /^mongodb(\+srv)?:\/\/([^@/]*@)?[^@/?#\s]+(\/[^/?#]*)?(\?[^#]*)?$/;

const READ_PREFERENCES = ['primary', 'primaryPreferred', 'secondary', 'secondaryPreferred', 'nearest'] as const;
const READ_CONCERNS = ['local', 'available', 'majority', 'linearizable', 'snapshot'] as const;

/**
 * What each source on MongoDB is configured with, to be spread into an adapter's own options.
 * @param database the one that is read where neither the option nor the URL names one
 */
export function mongoOptions(database: string) {
  return {
    url: z
      .string()
      .regex(URL_OF_A_DATABASE, {
        error:
          'It must be a URL such as `mongodb://HOST:27017`; reserved characters in a password are percent-encoded.',
      })
      .describe('Where the database lies: `mongodb://…` or `mongodb+srv://…`. It is only read.'),
    database: z
      .string()
      .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/, { error: 'It must be the name of a database.' })
      .optional()
      .describe(`The database; else the one that the URL names, else \`${database}\`.`),
    username: z.string().min(1).optional().describe('Who reads, where the URL does not say it.'),
    password: z
      .string()
      .optional()
      .describe('The password of `username`; `$' + '{NAME}` takes it from the environment.'),
    authSource: z
      .string()
      .min(1)
      .optional()
      .describe('The database that knows the user; `admin` where nothing else says.'),
    readPreference: z
      .enum(READ_PREFERENCES)
      .default('primaryPreferred')
      .describe('Which members of a replica set are read.'),
    readConcern: z
      .enum(READ_CONCERNS)
      .optional()
      .describe('How settled the data that is read must be; else the default of the server.'),
    poolSize: z.int().min(1).max(1000).default(10).describe('Connections at once.'),
    connectTimeout: z
      .int()
      .min(1)
      .default(3000)
      .describe('Milliseconds to wait for a connection, or for a server that can answer.'),
    appName: z.string().min(1).max(128).default('kcigraph').describe('The name under which the server logs the reads.'),
  };
}
export type MongoOptions = z.output<z.ZodObject<ReturnType<typeof mongoOptions>>>;
