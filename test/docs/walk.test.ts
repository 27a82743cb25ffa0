import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const guide = await readFile(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const walk = /### One build id[\s\S]*?(?=\n###? )/.exec(guide)?.[0] ?? '';
const stretches = walk.split(/\n\n(?=\*\*)/).slice(1);
const filesOf = (text: string) =>
  [...text.matchAll(/`((?:gateway|adapters)\/[\w./-]+\.ts)`/g)].map(([, file = '']) => file);

describe('the walk of one build id in docs/architecture.md', () => {
  let files: readonly string[] = [];
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      new URL('visits.ts', import.meta.url).href,
      fileURLToPath(new URL('walk-process.ts', import.meta.url)),
    ]);
    const seen: unknown = JSON.parse(stdout);
    expect(seen).toMatchObject({ answer: { data: { build: { sources: ['native', 'documents'] } } } });
    files = Object(seen).files;
  });

  it('has a way in, two sources, and a way back', () => {
    expect(stretches.map((text) => /^\*\*([^*]+)\*\*/.exec(text)?.[1])).toEqual([
      'In.',
      'At the store.',
      'At the documents.',
      'Back.',
    ]);
  });

  it('names each file once', () => {
    const named = filesOf(walk);
    expect(named).toEqual([...new Set(named)]);
    expect(named.length).toBeGreaterThan(40);
  });

  // What happens at two sources happens at once: only the files of one stretch have an order.
  it.each([0, 1, 2, 3])('names the files of stretch %i in the order in which they run', (index) => {
    const named = filesOf(stretches[index] ?? '');
    expect(named.length).toBeGreaterThan(4);
    expect(files.filter((file) => named.includes(file))).toEqual(named);
  });

  it('leaves out little that runs', () => {
    const named = filesOf(walk);
    const left = files.filter((file) => !named.includes(file));
    console.log(`The walk names ${named.length} of ${files.length} files that run; not: ${left.join(', ')}`);
    expect(left.length).toBeLessThan(files.length / 2);
  });
});
