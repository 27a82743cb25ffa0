import { type Document, ObjectId } from 'bson';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { Ids } from '../../../adapters/maestro-mongo/ids.ts';
import { type MaestroNode, readNode } from '../../../adapters/maestro-mongo/node.ts';
import { Suites } from '../../../adapters/maestro-mongo/suites.ts';
import { type TranslationContext, translateCheckout } from '../../../adapters/maestro-mongo/translate.ts';
import { translateBuild } from '../../../adapters/maestro-mongo/translate-build.ts';
import { translateTest } from '../../../adapters/maestro-mongo/translate-test.ts';

export const CHECKOUT = '6851b001f2a4c3d5e6f70001';
export const KBUILD = '6851b2c4f2a4c3d5e6f70010';
export const JOB = '6851c3d1f2a4c3d5e6f70020';
export const SUITE = '6851c775f2a4c3d5e6f70024';
export const TEST = '6851c775f2a4c3d5e6f70026';

export const CONTEXT: TranslationContext = {
  ids: new Ids('maestro'),
  suites: new Suites(),
  labs: { 'lava-here': 'https://lava.example.org/' },
  viewer: 'https://api.example.org/viewer?node_id=',
};

const REVISION = {
  tree: 'mainline',
  url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
  branch: 'master',
  commit: '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615',
  describe: 'v6.16-rc2-44-g5d1c6a0b9e3f',
};

type Overrides = Readonly<Record<string, unknown>>;

/** A node: members named with a dot go into `data`. */
function node(id: string, fixed: Document, overrides: Overrides): Document {
  const own = Object.entries(overrides).filter(([name]) => !name.startsWith('data.'));
  const inData = Object.entries(overrides).filter(([name]) => name.startsWith('data.'));
  const data = { ...fixed.data, ...Object.fromEntries(inData.map(([name, value]) => [name.slice(5), value])) };
  return {
    _id: ObjectId.createFromHexString(id),
    state: 'done',
    result: 'pass',
    artifacts: {},
    created: new Date('2025-06-17T18:12:01.337Z'),
    treeid: 'a'.repeat(64),
    ...fixed,
    data,
    ...Object.fromEntries(own),
  };
}

const idOf = (hex: string) => ObjectId.createFromHexString(hex);

export const checkout = (overrides: Overrides = {}) =>
  node(
    CHECKOUT,
    { kind: 'checkout', name: 'checkout', path: ['checkout'], parent: null, data: { kernel_revision: REVISION } },
    overrides,
  );
export const kbuild = (overrides: Overrides = {}) =>
  node(
    KBUILD,
    {
      ...{ kind: 'kbuild', name: 'kbuild-gcc-14-x86', path: ['checkout', 'kbuild-gcc-14-x86'] },
      parent: idOf(CHECKOUT),
      data: { kernel_revision: REVISION, arch: 'x86_64' },
    },
    overrides,
  );
export const job = (overrides: Overrides = {}) =>
  node(
    JOB,
    {
      ...{ kind: 'job', name: 'baseline-x86', path: ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86'] },
      parent: idOf(KBUILD),
      data: { arch: 'x86_64', platform: 'a-board', runtime: 'lava-here', job_id: '77', job_context: 'context' },
    },
    overrides,
  );
export const suite = (overrides: Overrides = {}) =>
  node(
    SUITE,
    {
      ...{ kind: 'job', name: 'dmesg', path: ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86', 'dmesg'] },
      parent: idOf(JOB),
      data: { arch: 'x86_64' },
    },
    overrides,
  );
export const test = (overrides: Overrides = {}) =>
  node(
    TEST,
    {
      ...{ kind: 'test', name: 'alert', path: ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86', 'dmesg', 'alert'] },
      parent: idOf(SUITE),
      data: { arch: 'x86_64', platform: 'a-board', runtime: 'lava-here' },
    },
    overrides,
  );

/** What the last of the documents becomes, beside what was told on the way. The others are what lies above it. */
export function translate(
  documents: readonly Document[],
  context: TranslationContext = CONTEXT,
): { readonly object: Entities['checkout' | 'build' | 'test'] | null; readonly told: readonly SourceError[] } {
  const told: SourceError[] = [];
  const asked = (entity: EntityName) => ({
    fields: allFields(entity),
    warn: (error: SourceError) => void told.push(error),
  });
  const nodes = documents.map((document) => readNode(document, asked('test')));
  const last = nodes.at(-1) ?? null;
  if (last === null) return { object: null, told };
  if (last.entity === 'checkout') return { object: translateCheckout(last, context, asked('checkout')), told };
  if (last.entity === 'build') return { object: translateBuild(last, context, asked('build')), told };
  const [above, base] = lineOf(last, nodes);
  if (base === null) throw new Error('The documents hold no build or checkout above the test.');
  return { object: translateTest({ node: last, above, base }, context, asked('test')), told };
}

function lineOf(node: MaestroNode, nodes: readonly (MaestroNode | null)[]): [MaestroNode[], MaestroNode | null] {
  const parent = nodes.find((one) => one?.id === node.parent) ?? null;
  if (parent === null || parent.entity !== 'test') return [[], parent];
  const [above, base] = lineOf(parent, nodes);
  return [[parent, ...above], base];
}

/** The value at a dotted place of an object. */
export function valueAt(object: unknown, place: string): unknown {
  let value = object;
  for (const name of place.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  return value;
}
