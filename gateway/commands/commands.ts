import type { Command } from './command.ts';

/** Every command and the file that it lies in; loaded only when it is asked for, so that `--help` answers at once. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  demo: async () => (await import('./demo.ts')).demo,
  submit: async () => (await import('./submit.ts')).submit,
  check: async () => (await import('./check.ts')).check,
  migrate: async () => (await import('./migrate.ts')).migrate,
  token: async () => (await import('./token.ts')).token,
  purge: async () => (await import('./purge.ts')).purge,
  new: async () => (await import('./new.ts')).newAdapter,
  'print-schema': async () => (await import('./print-schema.ts')).printSchema,
};
