import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const INSTALLED = fileURLToPath(new URL('../../../.cache/gql/requirements.txt', import.meta.url));

/** A Python that has gql. */
export const PYTHON = fileURLToPath(new URL('../../../.cache/gql/bin/python', import.meta.url));

/** Whether gql is installed; CI must have it, elsewhere one line says how to get it. */
export function hasGql(): boolean {
  const present = existsSync(INSTALLED);
  if (!present) {
    const message = 'gql is not installed: run test/support/gql/install.sh to test what is written in Python.';
    if (process.env.CI === 'true') throw new Error(message);
    console.log(message);
  }
  return present;
}
