import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { findNode, NO_NODE } from './find-node.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/**
 * Runs Node 26 with these arguments in the place of this process: signals go in, the exit code comes out.
 * `tellChildOfDeath`: the child gets a channel that closes when this process ends, however it ends (kill -9 too).
 */
export function runNode(args, { tellChildOfDeath = false } = {}) {
  const node = findNode();
  if (node === null) {
    process.stderr.write(`${NO_NODE}\n`);
    process.exit(1);
  }
  // First on the PATH, so that what a test or a script starts as "node" is the same Node.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const stdio = ['inherit', 'inherit', 'inherit', ...(tellChildOfDeath ? ['ipc'] : [])];
  const child = spawn(node, args, { stdio, env });
  for (const signal of SIGNALS) {
    // A terminal signals the whole group: then the child has its own copy, and a second one would cut its drain short.
    process.on(signal, () => {
      if (!(process.stdin.isTTY && signal === 'SIGINT')) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`kcigraph could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}
