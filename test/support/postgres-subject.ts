import { meterUpstream, type Subject } from '../../adapters/kit/conformance/conformance.ts';
import { adapter } from '../../adapters/postgres/adapter.ts';
import { ISSUES_OF_REVISION, knownObjects } from './known-objects.ts';
import { knownStore } from './known-store.ts';
import { SILENT } from './open-store.ts';
import { execute } from './postgres.ts';

/** The native store on a migrated database that holds the known objects, as the conformance suite takes it. */
export async function postgresSubject(url: string): Promise<Subject & { stop(): Promise<void> }> {
  const loaded = await knownStore(url, knownObjects(), 3);
  await loaded.source.stop();
  const { env, meter } = meterUpstream({
    source: 'native',
    dataDir: '/nonexistent',
    http: { request: () => Promise.reject(new Error('The native store asks nothing by HTTP.')) },
    log: SILENT,
    upstream: (call, request) => request(call.signal),
    background: () => undefined,
  });
  const create = () => adapter.create(adapter.options.parse({ url, poolSize: 4 }), env);
  const made = create();
  await made.start();
  return {
    adapter: made,
    known: loaded.documents,
    children: { issuesOfRevision: ISSUES_OF_REVISION },
    upstream: meter,
    create,
    breakSource: () => closeDatabase(url),
    stop: () => made.stop(),
  };
}

/** Ends all connections to a database, and refuses new ones until it is opened again. */
async function closeDatabase(url: string): Promise<() => Promise<void>> {
  const name = new URL(url).pathname.slice(1);
  const others = new URL(url);
  others.pathname = '/postgres';
  await execute(others.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await execute(others.href, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  return async () => {
    await execute(others.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  };
}
