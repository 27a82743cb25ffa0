import { redactValue } from '../../adapters/kit/printable.ts';

/** The port to listen on: `--port`, then PORT, then the file. A string is a fault. */
export function listenPort(flag: string | undefined, env: NodeJS.ProcessEnv, fromFile: number): number | string {
  const [text, name] = flag === undefined ? [env.PORT, 'PORT'] : [flag, '--port'];
  if (text === undefined || (text === '' && flag === undefined)) return fromFile;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : `${name} must be a port from 0 to 65535, and "${redactValue(text, 40)}" is not.`;
}
