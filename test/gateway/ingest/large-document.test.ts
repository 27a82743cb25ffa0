import { expect, it } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { loadInProcess } from './large-document.ts';

const postgres = usePostgres();

it('a document of 20 MB is loaded in little memory, and nothing else waits for it', { timeout: 120_000 }, async () => {
  const figures = await loadInProcess(await postgres.migrated(), 20, 2000);
  expect(figures.tests).toBeGreaterThan(5000);
  expect(figures.growth).toBeLessThan(500);
  expect(figures.busy).toBeLessThan(100);
});
