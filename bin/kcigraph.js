#!/usr/bin/env node
// The launcher: in a checkout the sources run as they are, in the package their compiled files do.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode } from './find-node.js';
import { runNode } from './run-node.js';

const source = fileURLToPath(new URL('../gateway/cli/main.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../dist/gateway/cli/main.js', import.meta.url));
const script = existsSync(source) ? source : compiled;

if (findNode() === process.execPath) {
  await import(pathToFileURL(script).href);
} else {
  runNode([script, ...process.argv.slice(2)], { tellChildOfDeath: true });
}
