import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance, type Subject } from '../../../adapters/kit/conformance/conformance.ts';
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
  });
}
