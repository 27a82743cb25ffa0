#!/usr/bin/env node
// The launcher: in a checkout the sources run as they are, in the package their compiled files do.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runNode } from './run-node.js';

const source = fileURLToPath(new URL('../gateway/main.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../dist/gateway/main.js', import.meta.url));

runNode([existsSync(source) ? source : compiled, ...process.argv.slice(2)]);
