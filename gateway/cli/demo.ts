import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, CommandError } from './command.ts';
import { listenForShutdown } from './signals.ts';

/** A separate program, which the gateway does not import: compiled where this file is. */
const PROGRAM = fileURLToPath(new URL(`../../examples/demo/demo${extname(import.meta.filename)}`, import.meta.url));

/** `kcigraph demo`: serves sample data behind every adapter there is, until it is asked to stop. */
export const demo: Command = {
  summary: 'Serve five sample CI systems with a story to ask about.',
  operands: '',
  flags: {
    port: { value: 'N', description: 'listen there (default: PORT, else 4000; 0: any free one)' },
    break: {
      value: 'SOURCE=HOW',
      repeated: true,
      description: 'let a source fail, to see what its failure looks like; may be given several times',
    },
  },
  details: `
SOURCE is maestro, cki, syzbot, kernelci or native; HOW is down, slow, lying or limited.
maestro and kernelci need a server of the MongoDB protocol: MONGODB_URI, else mongod or ferretdb on the PATH, else Go, which
builds one (two minutes, once). Without any the demo goes on with the rest.
All data lies in a temporary folder, and is gone when it ends.`,
  async run(args) {
    if (!existsSync(PROGRAM)) throw new CommandError('This installation of kcigraph has no demo.');
    const port = args.text('port');
    const flags = [
      ...(port === undefined ? [] : ['--port', port]),
      ...args.list('break').flatMap((one) => ['--break', one]),
    ];
    const shutdown = listenForShutdown();
    // In a process group apart, so that Ctrl-C reaches it once, through this process. It ends when the channel closes.
    const stdio: ['ignore', 'inherit', 'inherit', 'ipc'] = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = spawn(process.execPath, [PROGRAM, ...flags], { stdio, detached: true });
    const exited = once(child, 'exit');
    for (const signal of [shutdown.first, shutdown.second]) void signal.then(() => child.kill('SIGTERM'));
    const [code] = await exited;
    shutdown.release();
    return code === 0 || code === 2 ? code : 1;
  },
};
