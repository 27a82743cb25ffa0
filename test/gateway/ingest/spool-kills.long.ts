import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { usePostgres } from '../../support/postgres.ts';
import { expectNothingLost } from './spool-kills.ts';

const postgres = usePostgres();

it('what was answered survives a hundred times kill -9', async () => {
  expect.hasAssertions();
  const folder = join(await temporaryFolder(), 'submissions');
  await expectNothingLost(await postgres.migrated(), folder, 100);
  await rm(join(folder, '..'), { recursive: true, force: true });
});
