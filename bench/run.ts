/**
 * `npm run bench -- [store | federation | overload] [--tests N] [--rounds N] [--against COMMIT]`, with `--keep FOLDER` for
 * the store and `--quick` for overload. docs/performance.md says what each of them measures.
 */
import { parseArgs } from 'node:util';
import { checkOut } from './checkout.ts';
import { TESTS_OF_DOCUMENT } from './documents.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string' },
    rounds: { type: 'string' },
    keep: { type: 'string' },
    against: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const [name = 'store', ...rest] = positionals;
const documents = (tests: number) => Math.ceil(Number(values.tests ?? tests) / TESTS_OF_DOCUMENT);
const rounds = values.rounds === undefined ? null : Number(values.rounds);

if (rest.length > 0 || !['store', 'federation', 'overload'].includes(name)) {
  throw new Error(`There is no bench "${positionals.join(' ')}": choose store, federation or overload.`);
}
await using other = values.against === undefined ? null : await checkOut(values.against);
if (name === 'store') {
  const { store, storeAgainst } = await import('./store.ts');
  const options = { documents: documents(1_000_000), rounds: rounds ?? 400, keep: values.keep };
  await (other === null ? store(options) : storeAgainst(other, options));
} else if (name === 'federation') {
  const { federation, federationAgainst } = await import('./federation.ts');
  await (other === null ? federation() : federationAgainst(other, rounds ?? 100));
} else {
  const { overload } = await import('./overload.ts');
  await overload({ documents: documents(20_000), rounds, quick: values.quick, against: other });
}
