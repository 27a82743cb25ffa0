import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { describeConformance, type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import { CAUSING_COMMIT, FIXING_COMMIT, SAMPLE_BUGS } from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import { knownOf } from './known-of.ts';
import { aCall, UNLIMITED } from './lab.ts';

describe('syzbot', () => {
  const shown = SAMPLE_BUGS.filter(({ group, isHidden }) => group !== null && !isHidden);
  const server = new SyzbotServer(new Dashboard([...SAMPLE_BUGS, ...generateBugs({ bugs: 40, kernels: 6 })]));
  let subject: OpenSubject;
  afterAll(async () => {
    await subject.close();
    await server.close();
  });
  describeConformance({ describe, it, beforeAll }, 'keeps the contract', async () => {
    await server.listen();
    const url = server.url;
    const extid = (index: number) => `syzbot:${shown[index]?.extids.at(-1)}`;
    subject = await openSubject(
      UNLIMITED,
      { url },
      {
        known: knownOf([...shown, ...generateBugs({ bugs: 40, kernels: 6 })], url),
        children: {
          issuesOfRevision: {
            [FIXING_COMMIT]: [`syzbot:${'f6'.repeat(20)}`],
            [CAUSING_COMMIT]: [`syzbot:${'a1'.repeat(20)}`],
          },
        },
        aliases: [
          { entity: 'issue', alias: extid(0), id: `syzbot:${shown[0]?.page.id}` },
          { entity: 'issue', alias: `syzbot:${shown[0]?.extids[0]}`, id: `syzbot:${shown[0]?.page.id}` },
        ],
        breakSource: async () => {
          await server.close();
          return () => server.listen();
        },
      },
    );
    await vi.waitFor(
      async () => {
        const { detail } = await subject.adapter.health(aCall());
        if (detail !== `The index knows ${shown.length + 40} bugs.`) throw new Error(detail);
      },
      { timeout: 20_000 },
    );
    return subject;
  });
});
