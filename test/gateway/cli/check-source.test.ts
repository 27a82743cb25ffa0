import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';

/** A plug-in that lists two builds: when its index is full, and with the faults of so many records. */
const PLUG_IN = `import { CONTRACT, SourceError, z } from 'kcigraph/adapter';

const buildOf = (id) => ({
  id, origin: 'acme', timestamp: null, checkoutId: 'acme:c', comment: null, startTime: null, duration: null,
  architecture: null, command: null, compiler: null, inputFiles: null, outputFiles: null, configName: null,
  configUrl: null, logUrl: null, logExcerpt: null, status: null, misc: null,
});

export const adapter = {
  contract: CONTRACT,
  name: 'acme',
  options: z.strictObject({ fillMs: z.int().default(0), bad: z.int().default(0) }),
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 0, staleIfError: 0 },
  create({ fillMs, bad }) {
    const items = ['acme:1', 'acme:2'].map((id) => ({ object: buildOf(id), time: null, tie: id }));
    let fullAt = Infinity;
    return {
      entities: {
        build: {
          list: {
            order: ['NEWEST'],
            paging: 'full',
            maxPage: 100,
            filters: {},
            async read({ first, after }, call) {
              for (let number = 1; number <= bad; number++) {
                call.warn(new SourceError('SOURCE_BAD_DATA', 'Build ' + number + ' has no checkout.', { id: 'b' + number }));
              }
              const behind = after === null ? items : items.filter(({ tie }) => tie > after.tie);
              const isFull = Date.now() >= fullAt;
              const known = isFull ? behind : behind.filter(({ tie }) => tie === 'acme:1');
              if (isFull) return { items: known.slice(0, first), hasMore: known.length > first };
              return { items: known.slice(0, first), hasMore: true, pending: true };
            },
          },
          freshnessMs: 0,
        },
      },
      relations: {},
      async start() { fullAt = Date.now() + fillMs; },
      async stop() {},
      async health() { return { ok: true }; },
    };
  },
};
`;

const folder = (options: string) =>
  configFolder({ 'kcigraph.yaml': `sources: { acme: { adapter: ./acme.js, ${options} } }`, 'acme.js': PLUG_IN });

describe('kcigraph check SOURCE', () => {
  it('counts the records that were refused, and passes where they are few', async () => {
    const { code, stdout } = await runCommand(['check', 'acme'], await folder('bad: 1'));
    expect(stdout).toContain('\n1 record refused: Build 1 has no checkout.\n');
    expect(stdout).toContain(' 0 failed, ');
    expect(code).toBe(0);
  });

  it('fails where most records are refused', async () => {
    const { code, stdout } = await runCommand(['check', 'acme'], await folder('bad: 1092'));
    expect(stdout).toMatch(/^FAILED {3}refused-records: /m);
    expect(stdout).toContain('1,092 records refused: Build 1 has no checkout.\n');
    expect(code).toBe(1);
  });

  it('says that the index is still filling, and how to wait for it', async () => {
    const { code, stdout } = await runCommand(['check', 'acme'], await folder('fillMs: 600000'));
    expect(stdout).toContain('The index of the source is still filling (list(build)): check again when it is full.');
    expect(stdout).toContain('Run "kcigraph check acme --wait" to wait for that.');
    expect(code).toBe(0);
  });

  it('waits with --wait until the index is full, and checks it then', async () => {
    const { code, stdout, stderr } = await runCommand(['check', 'acme', '--wait'], await folder('fillMs: 2500'));
    expect(stderr).toContain('The index of acme is still filling (list(build)): the check waits until it is full.');
    expect(stdout).not.toContain('still filling');
    expect(stdout).toMatch(/passed +paging/);
    expect(code).toBe(0);
  });

  it('refuses --wait without a source', async () => {
    const { code, stderr } = await runCommand(['check', '--wait'], await folder(''));
    expect(stderr).toContain('--wait needs the name of a source: kcigraph check SOURCE --wait.');
    expect(code).toBe(2);
  });
});
