import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRUSTED } from '../../support/certificates.ts';
import { FaultyServer } from '../../support/faulty-server.ts';
import { type FaultGateway, startFaultGateway, TIMEOUT } from './fault-gateway.ts';
import { expectFault, PATHS, recovery } from './fault-paths.ts';
import { HTTP_FAULTS, type HttpFaultCase } from './http-faults.ts';
import { httpSource } from './http-source.ts';
import { Leaks } from './leaks.ts';
import { documentOf, type Half, idsOf } from './two-halves.ts';

const NAMES = ['one', 'other'] as const;
const servers = [new FaultyServer(documentOf(0), TRUSTED), new FaultyServer(documentOf(1), TRUSTED)] as const;
const leaks = new Leaks();
let gateway: FaultGateway;

beforeAll(async () => {
  await Promise.all(servers.map((server) => server.listen()));
  gateway = await startFaultGateway(NAMES.map((name, half) => httpSource(name, servers[half === 0 ? 0 : 1].url)));
  await recovery(gateway);
  leaks.start();
});

afterAll(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function during(fault: HttpFaultCase, halves: readonly Half[], run: () => Promise<void>): Promise<void> {
  for (const half of halves) await fault.begin(servers[half], half);
  try {
    await run();
  } finally {
    for (const half of halves) await fault.end(servers[half], half);
  }
}

describe.each(HTTP_FAULTS)('a source that is $name', (fault) => {
  it('costs its own data only, and is well again soon after', async () => {
    await during(fault, [1], () => expectFault(gateway, [...NAMES], [1], fault));
    expect(await recovery(gateway)).toBeLessThan(5_000);
  });

  it('is told of twice where both are so, and nothing is left', async () => {
    await during(fault, [0, 1], () => expectFault(gateway, [...NAMES], [0, 1], fault));
    expect(await recovery(gateway)).toBeLessThan(5_000);
  });
});

describe.each(HTTP_FAULTS.filter(({ fault, isWhole }) => fault !== undefined && isWhole !== true))(
  'a source that begins with $name',
  (fault) => {
    it('below a parent costs what lies below it', async () => {
      await during(fault, [1], async () => {
        // The look-up of the build is answered, the one of its tests is not.
        servers[1].patience = 1;
        const { data, errors } = await gateway.ask(PATHS[2]?.query ?? '');
        expect(data).toEqual({ build: { id: 'lab:build', tests: { nodes: idsOf(0).map((id) => ({ id })) } } });
        expect(errors.map(({ path, extensions: { code, source } }) => [path, code, source])).toEqual([
          [['build', 'tests'], fault.codes[0], 'other'],
        ]);
      });
      await recovery(gateway);
    });
  },
);

describe('a source whose host is not known', () => {
  it('costs its own data only', async () => {
    // No name has a part of more than 63 letters, so that no name server is asked.
    const unknown = await startFaultGateway([
      httpSource('one', servers[0].url),
      httpSource('other', `https://${'x'.repeat(64)}.invalid/documents`),
    ]);
    try {
      // Its first reading starts what reads documents, which is none of the fault.
      const well = '{ tests(sources: ["one"]) { nodes { id } } }';
      await expect.poll(async () => (await unknown.ask(well)).errors, { timeout: 5_000 }).toEqual([]);
      await expectFault(unknown, [...NAMES], [1], { codes: ['SOURCE_UNAVAILABLE'] });
    } finally {
      await unknown.close();
    }
  });
});

describe('the breaker', () => {
  it('answers at once for a source that hangs, and lets it in again when it is well', async () => {
    const breaker = { failures: 2, openFor: 2_000 };
    const touchy = await startFaultGateway([{ ...httpSource('other', servers[1].url), breaker }]);
    const hanging = HTTP_FAULTS.find(({ name }) => name === 'hanging before the headers');
    if (hanging === undefined) throw new Error('There is no such fault.');
    try {
      const list = PATHS[0]?.query ?? '';
      await during(hanging, [1], async () => {
        await touchy.ask(list);
        await touchy.ask(list);
        // A time-out alone says nothing of the source: a probe must fail too.
        const state = () => touchy.registry.get('other')?.state.name;
        await expect.poll(state, { timeout: 10_000, interval: 20 }).toBe('DOWN');
        const asked = servers[1].requests;
        const { ms, errors, extensions } = await touchy.ask(list);
        expect(ms).toBeLessThan(TIMEOUT / 2);
        expect(errors[0]?.extensions).toMatchObject({ code: 'SOURCE_UNAVAILABLE', source: 'other' });
        expect(errors[0]?.extensions.retryAfterMs).toBeLessThanOrEqual(2_000);
        expect(extensions.sources.other?.state).toBe('DOWN');
        expect(servers[1].requests).toBe(asked);
        expect(await touchy.metrics.text()).toContain('kcigraph_source_breaker_open{source="other"} 1');
      });
      await expect.poll(async () => (await touchy.ask(list)).errors, { timeout: 5_000 }).toEqual([]);
      expect(touchy.registry.get('other')?.state.name).toBe('UP');
    } finally {
      await touchy.close();
    }
  });
});

describe('all of this', () => {
  it('leaves no connection, timer or rejection behind', async () => {
    await leaks.expectNone();
    // Not more than there may be requests at once.
    for (const server of servers) expect(server.sockets).toBeLessThanOrEqual(4);
  });
});
