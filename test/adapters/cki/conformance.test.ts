import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance, type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer } from '../../../examples/upstreams/cki/server.ts';
import { knownCkiObjects } from './known-cki-objects.ts';
import { filled, QUICK } from './open-cki.ts';

describe.each([
  ['object by object', {}, {}],
  // All else is the same.
  [
    'reading checkouts as a whole',
    { all: true },
    { only: ['known-data', 'related', 'related-paging', 'batching', 'included'] },
  ],
])('a DataWarehouse, %s', (_, options, conformance) => {
  const server = new CkiServer(createCkiData({ checkouts: 30, builds: 5, tests: 8 }));
  let subject: OpenSubject;
  afterAll(async () => {
    await subject.close();
    await server.close();
  });

  describeConformance(
    { describe, it, beforeAll },
    'keeps the contract',
    async () => {
      await server.listen();
      const [first] = server.data.checkouts;
      const down = async () => {
        await server.close();
        return () => server.listen();
      };
      // Asked each time, so that the suite sees what a call costs.
      const given = { url: server.url, freshness: 0, pageSize: 20, ...options };
      subject = await openSubject(QUICK, given, {
        known: knownCkiObjects(server.data, server.url),
        aliases: [
          { entity: 'checkout', alias: '301000', id: first?.id ?? '' },
          { entity: 'checkout', alias: 'redhat:301000', id: first?.id ?? '' },
          { entity: 'build', alias: 'redhat:1100000', id: `${first?.id}-x86_64-kernel` },
          { entity: 'test', alias: '19000000', id: `${first?.id}-x86_64-kernel_upt_1` },
          { entity: 'issue', alias: 'redhat:4200', id: 'redhat:issue_4200' },
        ],
        breakSource: down,
      });
      await filled(subject.adapter);
      return subject;
    },
    conformance,
  );
});
