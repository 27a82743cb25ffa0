import { expect, it } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { loadInProcess } from './large-document.ts';

const postgres = usePostgres();

it.each([
  ['of 100 MiB with excerpts', 100, 8000],
  ['of 100 MiB of small tests', 100, 0],
  ['of almost 512 MiB', 511, 8000],
])('a document %s stays under 1 GiB, and nothing else waits for it', async (_what, megabytes, excerptBytes) => {
  const figures = await loadInProcess(await postgres.migrated(), megabytes, excerptBytes);
  console.log(figures);
  expect(figures.growth).toBeLessThan(1024);
  expect(figures.busy).toBeLessThan(100);
});
