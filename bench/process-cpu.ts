import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processor time of a gateway so far, in seconds, to the nanosecond: all threads of the process, and of the process that its
 * launcher started where that is another Node.js. Null where the system does not tell (Linux does).
 */
export function cpuSeconds(pid: number): number | null {
  try {
    let nanoseconds = 0;
    for (const one of [pid, ...nodeChildren(pid)]) {
      for (const thread of readdirSync(`/proc/${one}/task`)) nanoseconds += threadTime(one, thread);
    }
    return nanoseconds / 1e9;
  } catch {
    return null;
  }
}

function threadTime(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  } catch (error) {
    // A thread may end meanwhile.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && thread !== String(pid)) return 0;
    throw error;
  }
}

/** Not its PostgreSQL. */
function nodeChildren(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);
  return children.filter((child) => child > 0 && !readFileSync(`/proc/${child}/comm`, 'latin1').startsWith('postgres'));
}
