import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkConformance,
  describeConformance,
  renderReport,
  type Subject,
} from '../../../adapters/kit/conformance/conformance.ts';
import { EMBEDDED, installations, usePostgres } from '../../support/postgres.ts';
import { postgresSubject } from '../../support/postgres-subject.ts';

const servers = installations().filter(({ name }) => name !== EMBEDDED.name);
// Every version of the server is for `.ci/run`'s own tests of versions; here the oldest that is at hand stands for "a URL".
const chosen = [EMBEDDED, ...servers.slice(0, 1)];
if (servers.length === 0) console.log('No PostgreSQL but the embedded one is here: the suite runs on that alone.');

for (const installation of chosen) {
  describe(`postgres on ${installation.name}`, () => {
    const postgres = usePostgres(installation);
    let stop = async () => {};
    afterAll(() => stop());
    const subject = async (): Promise<Subject> => {
      const made = await postgresSubject(await postgres.migrated());
      stop = made.stop;
      return made;
    };
    describeConformance({ describe, it, beforeAll }, 'keeps the contract', subject);

    it('has nothing wrong as a live source either, of which nothing is known', { timeout: 120_000 }, async () => {
      const made = await postgresSubject(await postgres.migrated());
      const { adapter, upstream } = made;
      const report = await checkConformance({ adapter, ...(upstream && { upstream }) }, { sampleSize: 30 });
      await made.stop();
      expect(renderReport(report)).not.toContain('FAILED');
      expect(report.passed).toBeGreaterThan(25);
    });
  });
}
