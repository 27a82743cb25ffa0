import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const BLOCKS = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

// What it says to type is typed by test/docs.
it('README.md begins with one command that serves and one that tests', () => {
  expect(BLOCKS.slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
});
