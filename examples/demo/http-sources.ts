import type { ServerResponse } from 'node:http';
import { CkiServer } from '../upstreams/cki/server.ts';
import { Dashboard } from '../upstreams/syzbot/dashboard.ts';
import { SyzbotServer } from '../upstreams/syzbot/server.ts';
import type { Fault } from './options.ts';
import { brokenConfig, type RunningSource, SLOW_MS } from './running-source.ts';
import { ckiStory } from './story/cki.ts';
import { syzbotStory } from './story/syzbot.ts';
import type { Timeline } from './story/timeline.ts';

/** They are on this machine: nobody minds how often they are asked. */
const RATE = 100;
const LIMITS = { rate: RATE, concurrency: 8 };
const LIMITED = { 'retry-after': '30', 'content-type': 'application/json' };

/** Red Hat's DataWarehouse over HTTP. */
export async function startCki(timeline: Timeline, fault: Fault | undefined): Promise<RunningSource> {
  const server = new CkiServer(ckiStory(timeline));
  await server.listen();
  if (fault === 'limited') {
    server.fault = (_, response) => refuse(response);
  }
  await spoil(server, fault);
  return {
    name: 'cki',
    config: { adapter: 'cki', url: server.url, priority: 1, ...LIMITS, refresh: 5000, ...brokenConfig(fault) },
    where: new URL(server.url).host,
    close: () => server.close(),
  };
}

/** syzbot's dashboard over HTTP. */
export async function startSyzbot(timeline: Timeline, fault: Fault | undefined): Promise<RunningSource> {
  const server = new SyzbotServer(new Dashboard(syzbotStory(timeline)));
  await server.listen();
  if (fault === 'limited') server.limit({ requests: 2, seconds: 60 });
  await spoil(server, fault);
  return {
    name: 'syzbot',
    config: { adapter: 'syzbot', url: server.url, ...LIMITS, freshness: 5000, patience: 1000, ...brokenConfig(fault) },
    where: new URL(server.url).host,
    close: () => server.close(),
  };
}

async function spoil(server: CkiServer | SyzbotServer, fault: Fault | undefined): Promise<void> {
  if (fault === 'down') await server.close();
  if (fault === 'slow') server.delay = SLOW_MS;
  if (fault === 'lying') server.fault = (_, response) => lie(response);
}

/** The page of a proxy, and all is well by its status. */
function lie(response: ServerResponse): boolean {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<!doctype html><title>Welcome</title><p>Please log in to use this network.</p>\n');
  return true;
}

function refuse(response: ServerResponse): boolean {
  response.writeHead(429, LIMITED);
  response.end(JSON.stringify({ detail: 'Request was throttled. Expected available in 30 seconds.' }));
  return true;
}
