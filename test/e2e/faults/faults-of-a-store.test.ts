import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import { aCall, arriving } from '../../support/open-store.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type ProxyFault, TcpProxy } from '../../support/tcp-proxy.ts';
import { type FaultGateway, IMPATIENT, startFaultGateway } from './fault-gateway.ts';
import { type Expected, expectFault, recovery } from './fault-paths.ts';
import { Leaks } from './leaks.ts';
import { type Half, objectsOf } from './two-halves.ts';

interface StoreFault extends Expected {
  readonly name: string;
  /** Null: nothing listens. */
  readonly fault: ProxyFault | null;
  /** Whether connections that are open end with its beginning. */
  readonly isAnew?: boolean;
}

const NAMES = ['one', 'other'] as const;
const UNAVAILABLE = { codes: ['SOURCE_UNAVAILABLE'] };
/** Who waits for a connection and who waits for an answer are told apart by the code. */
const SILENCE = { codes: ['SOURCE_TIMEOUT', 'SOURCE_UNAVAILABLE'] };

const FAULTS: readonly StoreFault[] = [
  { name: 'refusing connections', ...UNAVAILABLE, fault: null },
  { name: 'taking connections and saying nothing', ...SILENCE, fault: { isSilent: true }, isAnew: true },
  { name: 'falling silent', ...SILENCE, fault: { isSilent: true } },
  { name: 'falling silent half way', ...SILENCE, fault: { passBytes: 700, afterwards: 'silent' }, isAnew: true },
  { name: 'resetting half way', ...UNAVAILABLE, fault: { passBytes: 700, afterwards: 'reset' }, isAnew: true },
  { name: 'answering garbage', ...SILENCE, fault: { garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, isAnew: true },
  { name: 'ten times slower than usual', codes: [], isWhole: true, fault: { delayMs: 20 } },
  {
    name: 'resetting every other connection',
    ...UNAVAILABLE,
    isChancy: true,
    fault: { isFlapping: true },
    isAnew: true,
  },
];

const postgres = usePostgres();
const proxies: TcpProxy[] = [];
const leaks = new Leaks();
let gateway: FaultGateway;

async function proxied(name: string) {
  const url = new URL(await postgres.migrated());
  const proxy = new TcpProxy(url.hostname, Number(url.port));
  await proxy.listen();
  proxies.push(proxy);
  url.port = String(proxy.port);
  const options = ADAPTER_MODULES.get('postgres')?.options.parse({ url: url.href, poolSize: 4, connectTimeout: 300 });
  return { ...IMPATIENT, name, adapter: 'postgres', options };
}

beforeAll(async () => {
  gateway = await startFaultGateway([await proxied(NAMES[0]), await proxied(NAMES[1])]);
  for (const half of [0, 1] as const) {
    const store = gateway.registry.get(NAMES[half])?.adapter.store;
    await store?.load(arriving(objectsOf(half)), { origins: null, submission: `half-${half}` }, aCall());
  }
  await recovery(gateway);
  leaks.start();
});

afterAll(async () => {
  await gateway.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

async function during({ fault, isAnew }: StoreFault, halves: readonly Half[], run: () => Promise<void>): Promise<void> {
  const faulty = proxies.filter((_, index) => halves.some((half) => half === index));
  for (const proxy of faulty) {
    if (fault === null) await proxy.close();
    else proxy.fault = fault;
    if (isAnew === true) proxy.hangUp();
  }
  try {
    await run();
  } finally {
    for (const proxy of faulty) {
      proxy.fault = {};
      if (fault === null) await proxy.listen();
    }
  }
}

describe.each(FAULTS)('a store that is $name', (fault) => {
  it('costs its own data only, and is well again soon after', async () => {
    await during(fault, [1], () => expectFault(gateway, [...NAMES], [1], fault));
    expect(await recovery(gateway)).toBeLessThan(10_000);
  });

  it('is told of twice where both are so, and nothing is left', async () => {
    await during(fault, [0, 1], () => expectFault(gateway, [...NAMES], [0, 1], fault));
    expect(await recovery(gateway)).toBeLessThan(10_000);
  });
});

describe('all of this', () => {
  it('leaves no connection, timer or rejection behind', async () => {
    await leaks.expectNone();
    // The pools of reads, loads and probes on one side, and what they are passed on to on the other.
    for (const proxy of proxies) expect(proxy.sockets).toBeLessThanOrEqual(2 * (4 + 4 + 2 + 1));
  });
});
