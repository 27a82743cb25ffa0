import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The program that `install.sh` brings, or the system has; null where neither does. */
export const NGINX = [join(ROOT, '.cache/nginx/nginx'), '/usr/sbin/nginx'].find(existsSync) ?? null;

/** The configuration that operators are given, as it stands within `http { … }`. */
export function exampleConfiguration(): string {
  return readFileSync(join(ROOT, 'examples/operations/nginx.conf'), 'utf8');
}

/** A whole configuration around what stands within `http { … }`; all that nginx writes goes to the folder. */
export function wholeConfiguration(within: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${folder};`);
  return `pid ${folder}/pid; events {} http { access_log off; ${temporary.join(' ')} ${within} }`;
}

export interface Nginx extends AsyncDisposable {
  readonly url: string;
}

/** A running nginx. @param within makes what stands within `http { … }` for the port to listen on */
export async function startNginx(within: (port: number) => string): Promise<Nginx> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, `daemon off; master_process off; ${wholeConfiguration(within(port), folder)}`);
  const nginx = spawn(NGINX ?? 'nginx', ['-e', join(folder, 'log'), '-c', file], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await isListening(nginx, url, join(folder, 'log'));
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const ended = once(nginx, 'exit');
      nginx.kill();
      await ended;
      await removeFolder(folder);
    },
  };
}

async function isListening(nginx: ChildProcess, url: string, log: string): Promise<void> {
  for (;;) {
    if (nginx.exitCode !== null) throw new Error(`nginx does not start: ${readFileSync(log, 'utf8')}`);
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}
