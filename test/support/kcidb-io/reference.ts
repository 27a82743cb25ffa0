import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PYTHON = fileURLToPath(new URL('../../../.cache/kcidb-io/bin/python', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../../.cache/kcidb-io/requirements.txt', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./judge.py', import.meta.url));

const Judgement = z.object({
  valid: z.boolean(),
  /** The document in 5.3; null where the upgrade fails. */
  upgraded: z.record(z.string(), z.unknown()).nullish(),
  /** Whether what it upgraded to is valid in 5.3. */
  sound: z.boolean().optional(),
  reason: z.string().optional(),
});
export type Judgement = z.infer<typeof Judgement>;

/** Whether kcidb-io is installed; CI must have it, elsewhere one line says how to get it. */
export function hasReference(): boolean {
  const present = existsSync(INSTALLED);
  if (!present) {
    const message = 'kcidb-io is not installed: run test/support/kcidb-io/install.sh to compare with it.';
    if (process.env.CI === 'true') throw new Error(message);
    console.log(message);
  }
  return present;
}

/** What kcidb-io says of each document, given as JSON text on one line each. */
export async function* judgeByReference(documents: Iterable<string>): AsyncGenerator<Judgement> {
  const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  // A process that dies says so by its exit code.
  child.stdin.on('error', () => {});
  const feeding = feed(child.stdin, documents);
  for await (const line of createInterface({ input: child.stdout })) yield Judgement.parse(JSON.parse(line));
  await feeding;
  const code = await closed;
  if (code !== 0) throw new Error(`kcidb-io ended with ${code}.`);
}

async function feed(stdin: NodeJS.WritableStream, documents: Iterable<string>): Promise<void> {
  for (const document of documents) {
    if (!stdin.write(`${document}\n`)) await new Promise((resolve) => stdin.once('drain', resolve));
  }
  stdin.end();
}
