import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { batchResolverTypes } from '../../../codegen/batch-resolver-types.ts';

const CODEGEN = fileURLToPath(new URL('../../../codegen.ts', import.meta.url));

it('the generated types are what the schema gives', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [CODEGEN, '--check']);
  expect(stderr).toBe('');
});

it('a field that leads to another object, or takes arguments, must have a batch resolver', () => {
  const text = batchResolverTypes(
    buildSchema(`
      interface Node { nodeId: ID! }
      type Query { leaf(id: ID!): Leaf, all: [Leaf!]! }
      type Leaf implements Node { nodeId: ID!, name(short: Boolean): String, tree: Leaf, size: Int }
    `),
  );
  expect(text).toContain("readonly leaf: BatchResolver<unknown, QueryLeafArgs, T['Leaf'] | null>;");
  expect(text).toContain("readonly all: BatchResolver<unknown, NoArgs, readonly (T['Leaf'])[]>;");
  expect(text).toContain("readonly name: BatchResolver<T['Leaf'], LeafNameArgs, unknown | null>;");
  expect(text).toContain("readonly tree: BatchResolver<T['Leaf'], NoArgs, T['Leaf'] | null>;");
  expect(text).toContain("readonly size?: BatchResolver<T['Leaf'], NoArgs, unknown | null>;");
});
