import { createHash } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import type { Adapter, AdapterModule, Call, Page } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../../adapters/contract/model.ts';
import { adapter as syzbot } from '../../../adapters/syzbot/adapter.ts';
import type { DashboardBug } from '../../../examples/upstreams/syzbot/bug.ts';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { SyzbotServer, type SyzbotServerOptions } from '../../../examples/upstreams/syzbot/server.ts';
import { createRegistry, type Registry } from '../../../gateway/federation/registry.ts';
import { asking } from '../../support/asked-adapter.ts';
import { quietLog } from '../../support/federated-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** As many requests a second as it likes: what is tested is not patience. */
export const UNLIMITED: AdapterModule = { ...syzbot, defaults: { ...syzbot.defaults, concurrency: 8, rate: null } };

export async function aServer(
  bugs: readonly DashboardBug[],
  options: SyzbotServerOptions & { readonly namespaces?: readonly string[] } = {},
): Promise<SyzbotServer> {
  const server = new SyzbotServer(new Dashboard(bugs, options.namespaces), options);
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

export interface OpenSource {
  readonly registry: Registry;
  readonly adapter: Adapter;
  readonly log: object[];
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** A source as the gateway has it, guard included. */
export async function aSource(
  url: string,
  given: object = {},
  settings: { readonly dataDir?: string; readonly [key: string]: unknown } = {},
): Promise<OpenSource> {
  const { dataDir = await aFolder(), ...config } = settings;
  const log: object[] = [];
  const options = syzbot.options.parse({ url, ...given });
  const registry = createRegistry(
    [
      {
        name: 'syzbot',
        adapter: 'syzbot',
        rate: null,
        concurrency: 8,
        staleIfError: 0,
        ...config,
        options,
      },
    ],
    new Map([['syzbot', syzbot]]),
    { dataDir, log: quietLog(log) },
  );
  await registry.start();
  let isOpen = true;
  const stop = async () => {
    if (isOpen) await registry.stop();
    isOpen = false;
  };
  onTestFinished(stop);
  const source = registry.get('syzbot');
  if (source === undefined) throw new Error('The source is not there.');
  return { registry, adapter: source.adapter, log, dataDir, stop };
}

export async function aFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

export interface TestCall extends Call {
  readonly warnings: SourceError[];
}

export function aCall(entity: EntityName = 'issue', ms = 8000): TestCall {
  const warnings: SourceError[] = [];
  return {
    signal: AbortSignal.timeout(ms),
    deadline: Date.now() + ms,
    fields: new Set([...ENTITY_NAMES.flatMap((name) => [...allFields(name)]), entity]),
    log: quietLog(),
    warn: (error) => warnings.push(error),
    warnings,
  };
}

/** Ids of a list, page by page to its end; null as the last where it says that more is to come. */
export async function listed(of: Adapter, entity: EntityName = 'issue', pageSize = 100): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  let after = null;
  for (;;) {
    const page: Page<Entities[EntityName]> = await asking(of).list<EntityName>(
      entity,
      { where: null, order: 'NEWEST', first: pageSize, after },
      aCall(entity),
    );
    ids.push(...page.items.map(({ object }) => object.id));
    if (!page.hasMore) return ids;
    const last = page.items.at(-1);
    if (last === undefined) return [...ids, null];
    after = { time: last.time, tie: last.tie, ...(last.mark === undefined ? {} : { mark: last.mark }) };
  }
}

/** Waits until the index holds all that is listed. */
export async function filled(of: Adapter, within = 15_000): Promise<void> {
  await expect
    .poll(async () => (await of.health(aCall())).detail, { timeout: within, interval: 30 })
    .toMatch(/^The index knows \d+ bugs\./);
}

export const hex = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);
