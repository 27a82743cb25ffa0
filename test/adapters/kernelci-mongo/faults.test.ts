import { Long } from 'bson';
import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import { idAt } from '../../../adapters/kit/mongo/documents.ts';
import { legacyDocuments } from '../../../examples/generators/kernelci/legacy.ts';
import { LEGACY_INDEXES } from '../../../examples/generators/kernelci/legacy-indexes.ts';
import { describeFaults } from '../../support/mongodb/describe-faults.ts';

const at = (seconds: number) => idAt((1_650_000_000 + seconds) * 1000);
const whole = { job: 'mainline', kernel: 'v5.17', git_branch: 'master', git_commit: 'a'.repeat(40), status: 'PASS' };

describeFaults('kernelci-mongo', {
  module: adapter,
  indexes: LEGACY_INDEXES,
  documents: () => legacyDocuments({ seed: 21, tests: 120, builds: 3 }),
  required: ['job', 'build', 'test_group', 'test_case'],
  large: {
    collection: 'test_case',
    set: { log_lines: [{ dt: '2021-03-23T20:29:40.114318', lvl: 'target', msg: 'x'.repeat(15_900_000) }] },
  },
  odd: [
    { collection: 'build', document: { _id: 'text for an id', ...whole, created_on: new Date(0) } },
    { collection: 'build', document: { _id: 7, ...whole, created_on: new Date(0) } },
    { collection: 'build', document: { _id: at(1), ...whole, created_on: new Date(8.64e15) } },
    { collection: 'build', document: { _id: at(2), ...whole, created_on: new Date(-8.64e15) } },
    { collection: 'build', document: { _id: at(3), ...whole, created_on: 'yesterday', build_time: 'long' } },
    { collection: 'build', document: { _id: at(4), ...whole, git_commit: 5, arch: ['arm'], status: { a: 1 } } },
    { collection: 'build', document: { _id: at(5) } },
    {
      collection: 'test_group',
      document: { _id: at(6), ...whole, name: 5, build_id: 'no id', parent_id: at(6), sub_groups: 'x' },
    },
    {
      collection: 'test_case',
      document: { _id: at(7), name: 'a', test_group_id: 'no id', status: 'PASS', created_on: new Date(0) },
    },
    {
      collection: 'test_case',
      document: { _id: at(8), name: 'b', test_group_id: at(6), status: 5, created_on: new Date(8.64e15) },
    },
    {
      collection: 'test_case',
      document: { _id: at(9), name: null, test_group_id: at(6), measurements: 'x', log_lines: 7 },
    },
    { collection: 'test_case', document: { _id: at(10), time: Long.fromNumber(-1), test_group_id: null } },
    { collection: 'job', document: { _id: 'x', job: 5, kernel: null } },
  ],
});
