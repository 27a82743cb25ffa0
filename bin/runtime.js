// Runs a script under the checkout's own Node: `node bin/runtime.js SCRIPT [ARG ...]`.
import { runNode } from './run-node.js';

runNode(process.argv.slice(2));
