import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer } from '../../../examples/upstreams/cki/server.ts';
import { runCommand } from '../../support/command.ts';
import { withFolder } from './cki-source.ts';

it(
  'kcigraph check finds nothing wrong with a configured DataWarehouse',
  () =>
    withFolder(async (folder) => {
      const server = new CkiServer(createCkiData({ checkouts: 60, builds: 2, tests: 4 }), { maxLimit: 25 });
      await server.listen();
      try {
        // A person's patience with a test; a real host is asked once a second.
        const config = `sources:\n  cki: { adapter: cki, url: "${server.url}", rate: null, concurrency: 10 }\ndataDir: ./data\n`;
        await writeFile(join(folder, 'kcigraph.yaml'), config);
        const { code, stdout, stderr } = await runCommand(['check', 'cki'], folder);
        expect(stdout + stderr).not.toContain('FAILED');
        expect(stdout).toMatch(/\d+ passed, 0 failed/);
        expect(code).toBe(0);
      } finally {
        await server.close();
      }
    }),
  120_000,
);
