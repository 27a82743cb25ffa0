import { readdirSync, readFileSync } from 'node:fs';
import { runningPostmaster } from '../../adapters/embedded-postgres/cluster.ts';

/** Kills the server of a data folder and all its processes (each is in a group of its own) at once, as a power cut does. */
export async function killServer(data: string): Promise<void> {
  const server = await runningPostmaster(data);
  if (server === null) return;
  const processes = [server.pid, ...childrenOf(server.pid)];
  for (const pid of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself since.
    }
  }
}

function childrenOf(parent: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false;
    }
  });
}
