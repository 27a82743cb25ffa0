import { readFileSync } from 'node:fs';
import type { Command } from './command.ts';

/** `kcigraph print-schema`: the public contract, as tools for GraphQL clients take it. */
export const printSchema: Command = {
  summary: 'Print the GraphQL schema.',
  operands: '',
  flags: {},
  async run() {
    process.stdout.write(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
    return 0;
  },
};
