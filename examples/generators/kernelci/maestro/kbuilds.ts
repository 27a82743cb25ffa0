import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import { type Checkout, envelope } from './checkouts.ts';

/** A build and what the jobs below it repeat of it. */
export interface Kbuild {
  readonly id: ObjectId;
  readonly checkout: Checkout;
  readonly time: Date;
  readonly name: string;
  readonly arch: string;
  readonly compiler: string;
  readonly config: string;
  readonly hasKernel: boolean;
}

const KINDS = [
  ['kbuild-gcc-14-x86', 'x86_64', 'gcc-14', 'x86_64_defconfig', ['lab-setup', 'x86-board', 'kselftest']],
  ['kbuild-gcc-14-arm64', 'arm64', 'gcc-14', 'defconfig', ['lab-setup', 'arm64-chromebook']],
  ['kbuild-clang-21-arm64', 'arm64', 'clang-21', 'defconfig', []],
  ['kbuild-gcc-14-arm', 'arm', 'gcc-14', 'multi_v7_defconfig', []],
  ['kbuild-gcc-14-riscv', 'riscv', 'gcc-14', 'defconfig', []],
  ['kbuild-gcc-14-i386', 'i386', 'gcc-14', 'i386_defconfig', ['kselftest']],
] as const;

/** The build of a number: each checkout has one of each kind. */
export function* kbuildDocuments(chance: Chance, checkout: Checkout, number: number): Generator<Document, Kbuild> {
  const [name, arch, compiler, defconfig, fragments] = KINDS[number % KINDS.length] ?? KINDS[0];
  const time = later(checkout.time, 700_000 + number * 1000 + chance.below(900));
  const config = [defconfig, ...fragments].join('+');
  const runtime = 'k8s-gke-eu-west4';
  const path = ['checkout', ...(checkout.name === 'patchset' ? ['patchset'] : []), name];
  const common = { kind: 'kbuild', name, path, group: name, parent: checkout.id };
  const known = { kernel_revision: checkout.revision, runtime, platform: 'kubernetes' };
  // Lost builds come again as siblings, until the counter is full.
  const losses = chance.oneIn(12) ? chance.of([1, 3, 4]) : 0;
  for (let retry = 0; retry < losses; retry += 1) {
    yield {
      ...envelope(chance, chance.id(later(time, retry)), later(time, retry), checkout.treeid),
      ...common,
      state: 'done',
      result: 'incomplete',
      artifacts: {},
      data: {
        ...known,
        error_code: chance.of(['node_timeout', 'kbuild_internal_error', 'invalid_job_params', 'submit_error']),
        error_msg: 'Node timed-out',
      },
      retry_counter: retry,
    };
  }
  const id = chance.id(later(time, losses));
  const result = chance.of(['pass', 'pass', 'pass', 'pass', 'fail', null]);
  const hasKernel = result === 'pass';
  const files = `https://files.kernelci.org/${name}-${id.toHexString()}`;
  const made = {
    kernel: `${files}/bzImage`,
    modules: `${files}/modules.tar.xz`,
    kselftest_tar_xz: `${files}/k.tar.xz`,
  };
  yield {
    ...envelope(chance, id, later(time, losses), checkout.treeid),
    ...common,
    state: result === null ? chance.of(['running', 'available']) : 'done',
    result,
    artifacts: {
      ...(hasKernel ? made : {}),
      ...(result === null
        ? {}
        : { build_log: `${files}/build.log.gz`, _config: `${files}/.config`, metadata: `${files}/m.json` }),
    },
    data: {
      ...known,
      arch,
      defconfig,
      compiler,
      error_code: null,
      error_msg: null,
      fragments,
      config_full: config,
      job_id: `kci-${id.toHexString()}-${name}-${chance.hex(8)}`,
      job_context: 'gke_europe-west4-c_kci-eu-west4',
      kernel_type: arch === 'x86_64' ? 'bzImage' : 'image',
      regression: null,
    },
    ...(chance.oneIn(10) ? {} : { retry_counter: losses % 4 }),
  };
  return { id, checkout, time: later(time, losses), name, arch, compiler, config, hasKernel };
}
