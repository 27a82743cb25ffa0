import { idAt } from '../../../adapters/kit/mongo/documents.ts';
import { adapter } from '../../../adapters/maestro-mongo/adapter.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import { MAESTRO_INDEXES } from '../../../examples/generators/kernelci/maestro-indexes.ts';
import { describeFaults } from '../../support/mongodb/describe-faults.ts';

const at = (seconds: number) => idAt((1_750_000_000 + seconds) * 1000);
const revision = { tree: 'mainline', url: 'https://example.org/linux.git', branch: 'master', commit: 'b'.repeat(40) };
const kbuild = {
  kind: 'kbuild',
  name: 'kbuild-gcc-14-x86',
  path: ['checkout', 'kbuild-gcc-14-x86'],
  state: 'done',
  result: 'pass',
};
const data = { kernel_revision: revision, arch: 'x86_64' };
const odd = [
  { _id: 'text for an id', ...kbuild, parent: at(0), data },
  { _id: 7, ...kbuild, parent: at(0), data },
  { _id: at(1), ...kbuild, parent: at(0), data, created: new Date(8.64e15) },
  { _id: at(2), ...kbuild, parent: at(0), data, created: new Date(-8.64e15) },
  { _id: at(3), ...kbuild, parent: 5, data, created: 'yesterday' },
  { _id: at(4), ...kbuild, parent: at(4), data: 'no document', artifacts: ['x'] },
  { _id: at(5), ...kbuild, parent: at(0), path: 'no list', name: 5, result: 5, data },
  { _id: at(6), kind: 'test', name: 'a', path: null, parent: 'no id', data },
  { _id: at(7), kind: 'test', name: 'b', path: ['a', 5, null], parent: at(7), data },
  { _id: at(8), kind: 'checkout', name: 'checkout', path: ['checkout'], parent: null, data: { kernel_revision: 5 } },
  { _id: at(9), kind: 5 },
  { _id: at(10) },
];

describeFaults('maestro-mongo', {
  module: adapter,
  indexes: MAESTRO_INDEXES,
  documents: () => maestroDocuments({ seed: 21, nodes: 250, builds: 2 }),
  required: ['node'],
  large: { collection: 'node', set: { debug: { text: 'x'.repeat(15_900_000) } } },
  odd: odd.map((document) => ({ collection: 'node', document })),
});
