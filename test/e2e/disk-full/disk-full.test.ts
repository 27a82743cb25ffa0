import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedGateway } from '../../support/served-gateway.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const TESTS = 300;
const LATER = { prefer: 'respond-async' };
const folder = await temporaryFolder();
const disk = SmallDisk.mount(join(folder, 'data'), '192m');
if (disk === null) {
  console.log('Not tested: a full disk, since this process may not mount a small one.');
  await removeFolder(folder);
}

/** Some hundred kilobytes that do not compress. */
function documentOf(number: number): string {
  const noise = () => Array.from({ length: 30 }, () => Math.random().toString(36)).join('');
  return JSON.stringify({
    version: { major: 5, minor: 3 },
    checkouts: [{ id: `acme:${number}`, origin: 'acme' }],
    builds: [{ id: `acme:${number}`, checkout_id: `acme:${number}`, origin: 'acme' }],
    tests: Array.from({ length: TESTS }, (_, n) => ({
      id: `acme:${number}.${n}`,
      build_id: `acme:${number}`,
      origin: 'acme',
      log_excerpt: noise(),
    })),
  });
}

describe.skipIf(disk === null)('a full disk under the data folder', () => {
  let gateway: ServedGateway;
  const acknowledged: number[] = [];
  let next = 0;

  async function submit(headers = {}): Promise<number> {
    const number = next++;
    const answer = await gateway.submit(documentOf(number), headers);
    await answer.text();
    if (answer.ok) acknowledged.push(number);
    return answer.status;
  }
  const missing = async () => {
    const counts = await Promise.all(
      acknowledged.map((number) =>
        gateway.ask(`{ build(id: "acme:${number}") { tests(first: 1) { totalCount } } }`).then(({ data }) => data),
      ),
    );
    return counts.filter((data) => JSON.stringify(data) !== `{"build":{"tests":{"totalCount":${TESTS}}}}`).length;
  };

  beforeAll(async () => {
    gateway = await ServedGateway.start('submit: { into: native, openSubmit: true }\n', { folder });
    for (let count = 0; count < 3; count += 1) expect(await submit()).toBe(200);
  });
  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    disk?.unmount();
    await removeFolder(folder);
  });

  it('refuses what it cannot store, in either way, and tells when to come again', async () => {
    disk?.fill();
    await expect.poll(() => submit(), { timeout: 20_000, interval: 10 }).toBe(503);
    await expect.poll(() => submit(LATER), { timeout: 20_000, interval: 10 }).toBe(503);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  }, 60_000);

  it('goes on by itself once there is room, and has lost nothing that it acknowledged', async () => {
    await disk?.empty();
    await expect.poll(() => submit(), { timeout: 30_000, interval: 200 }).toBe(200);
    await expect.poll(() => submit(LATER), { timeout: 30_000, interval: 200 }).toBe(202);
    await expect.poll(missing, { timeout: 30_000, interval: 500 }).toBe(0);
    expect(acknowledged.length).toBeGreaterThan(4);
    expect(gateway.process.exitCode).toBeNull();
  }, 120_000);
});
