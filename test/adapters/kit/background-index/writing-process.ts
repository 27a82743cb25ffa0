import { BackgroundIndex } from '../../../../adapters/kit/background-index.ts';

/** Puts batches of entries that belong together, says each that is kept, and goes on until it is killed. */
const [dataDir = '', from = '0'] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const options = { version: 1, maxEntries: 1_000_000, maxBytes: 1024 * 1024 * 1024 };
const index = new BackgroundIndex<{ readonly batch: number }>(options, { dataDir, source: 'lab', log });
index.open();
for (let batch = Number(from); ; batch++) {
  const entries = Array.from({ length: 40 }, (_, n) => ({
    key: `${batch}-${n}`,
    names: { batch: [String(batch)] },
    time: null,
    record: { batch, text: 'x'.repeat(500) },
  }));
  await index.put(entries, { owner: String(batch) });
  index.setProgress('batch', batch);
  process.stdout.write(`${batch}\n`);
}
