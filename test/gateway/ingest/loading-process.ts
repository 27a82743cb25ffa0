// Loads one large document through the door and prints what that cost: a process of its own, so that only that is measured.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, documentOfTests, NEVER } from './documents.ts';
import { openDoor } from './open-door.ts';

const CHUNK = 64 * 1024;
const [url = '', megabytes = '', excerptBytes = ''] = process.argv.slice(2);
const goal = Number(megabytes) * 2 ** 20;
const excerpt = 'x'.repeat(Number(excerptBytes));

let tests = 0;
let bytes = 0;

/** As a client sends it: never whole in memory. */
async function* body(): AsyncGenerator<Uint8Array> {
  let text = '{"version":{"major":5,"minor":3},"tests":[';
  while (bytes + text.length < goal) {
    const test = {
      id: `acme:test-${tests}`,
      origin: 'acme',
      build_id: `acme:build-${tests % 100}`,
      path: `suite.case_${tests % 1000}`,
      status: 'PASS',
      start_time: '2026-01-02T03:04:05Z',
      misc: { runtime: 'lab-1', attempt: tests },
      environment: { comment: 'board', misc: { platform: `board-${tests % 50}` } },
      ...(excerpt === '' ? {} : { log_excerpt: excerpt }),
    };
    text += `${tests++ === 0 ? '' : ','}${JSON.stringify(test)}`;
    if (text.length < CHUNK) continue;
    bytes += text.length;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}]}`);
}

const door = await openDoor(url);
// A small one first, as in a gateway that has been running: connections are open and the rules are compiled.
await door.door.submitBytes(bodyOf(documentOfTests(10, 'before')), { origins: null }, NEVER);
await delay(1000);
const before = process.memoryUsage.rss();
let most = before;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
const pauses = monitorEventLoopDelay({ resolution: 5 });
pauses.enable();
// What the main thread computes between two turns of its loop: on a busy machine the wall clock counts others' work too.
let busy = 0;
let last = cpuMilliseconds();
const turns = setInterval(() => {
  const now = cpuMilliseconds();
  busy = Math.max(busy, now - last);
  last = now;
}, 1);
const started = performance.now();
const { counts } = await door.door.submitBytes(body(), { origins: ['acme'] }, NEVER);
const seconds = (performance.now() - started) / 1000;
pauses.disable();
clearInterval(watch);
clearInterval(turns);
if (counts.test.added !== tests) throw new Error(`${counts.test.added} of ${tests} tests were stored.`);
const figures = {
  tests,
  megabytes: bytes / 2 ** 20,
  seconds,
  growth: (most - before) / 2 ** 20,
  busy,
  pause: pauses.max / 1e6,
};
process.stdout.write(JSON.stringify(figures));
await door.close();

function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
