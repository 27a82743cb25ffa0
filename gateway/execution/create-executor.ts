import { resolvers } from '../resolvers/resolvers.ts';
import { scalars } from '../resolvers/scalars.ts';
import { buildSchema } from './build-schema.ts';
import type { Executor } from './executor.ts';
import { JitExecutor, type OnExecuted } from './jit-executor.ts';

/** Executes kcigraph's own schema. */
export function createExecutor({ onExecuted }: { readonly onExecuted?: OnExecuted } = {}): Executor {
  return new JitExecutor(buildSchema({ resolvers, scalars }), onExecuted);
}
