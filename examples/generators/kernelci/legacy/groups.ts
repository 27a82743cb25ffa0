import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { Build } from './builds.ts';
import { copied, GCC } from './revision.ts';

/** What test cases repeat of their group. */
export interface Group {
  readonly id: ObjectId;
  readonly build: Build;
  readonly time: Date;
  readonly name: string;
  /** The names from the top to this one. */
  readonly path: readonly string[];
  readonly device: Device;
  /** Posted by a program of its own, not by a lab's callback: knows less. */
  readonly isPosted: boolean;
}

export interface Device {
  readonly type: string;
  readonly mach: string;
  readonly lab: string;
}

export const DEVICES: readonly [Device, ...Device[]] = [
  { type: 'rk3399-gru-kevin', mach: 'rockchip', lab: 'lab-collabora' },
  { type: 'meson-gxbb-p200', mach: 'amlogic', lab: 'lab-baylibre' },
  { type: 'bcm2836-rpi-2-b', mach: 'broadcom', lab: 'lab-example' },
  { type: 'qemu_arm64-virt-gicv3', mach: 'qemu', lab: 'lab-example' },
];

export function makeGroup(chance: Chance, build: Build, name: string, device: Device, isPosted: boolean): Group {
  const time = later(build.time, 7_200_000 + chance.below(600_000));
  return { id: chance.id(time), build, time, name, path: [name], device, isPosted };
}

export function makeSubGroup(chance: Chance, parent: Group, name: string): Group {
  const time = later(parent.time, 20 + chance.below(20));
  return { ...parent, id: chance.id(time), time, name, path: [...parent.path, name] };
}

/** `parent` is null at the top. Members stand as they were pushed: the same may stand twice. */
export function groupDocument(
  chance: Chance,
  group: Group,
  parent: ObjectId | null,
  index: number | null,
  subGroups: readonly ObjectId[],
  cases: readonly ObjectId[],
): Document {
  const { build, device } = group;
  const { revision } = build;
  // A set of tests below a suite, and all that is posted below another, bears the least.
  const isPoor = group.isPosted || (parent !== null && group.path.length > 2);
  const git = copied(revision);
  const knowsBuild = !group.isPosted && !chance.oneIn(40);
  const common = {
    _id: group.id,
    arch: build.arch,
    boot_log: group.isPosted ? null : `${group.path[0]}-${device.type}.txt`,
    boot_log_html: group.isPosted ? null : `${group.path[0]}-${device.type}.html`,
    build_environment: build.environment,
    created_on: group.time,
    defconfig: build.defconfig,
    defconfig_full: build.defconfigFull,
    device_type: device.type,
    dtb: isPoor ? null : `dtbs/${device.type}.dtb`,
    file_server_resource: group.isPosted ? null : build.resource,
    git_branch: git.git_branch,
    git_commit: git.git_commit,
    job: git.job,
    kernel: git.kernel,
    kernel_image: group.isPosted ? null : 'Image',
    lab_name: device.lab,
    plan_variant: group.isPosted ? null : (group.path[0] ?? null),
  };
  return {
    ...common,
    board_instance: isPoor ? null : chance.oneIn(20) ? chance.below(9) : `${device.type}-cbg-${chance.below(4)}`,
    boot_result_description: null,
    build_id: knowsBuild ? build.id : null,
    ...(isPoor ? { compiler: null, compiler_version: null, compiler_version_full: null } : GCC),
    cross_compile: isPoor ? null : 'aarch64-linux-gnu-',
    endian: isPoor ? null : 'little',
    git_describe: isPoor ? null : git.git_describe,
    git_url: isPoor ? null : git.git_url,
    index,
    initrd: isPoor ? null : 'https://storage.kernelci.org/images/rootfs/buildroot/20210313.0/arm64/rootfs.cpio.gz',
    initrd_info: isPoor ? null : { arch: 'arm64', date: '20210313.0', tests_suites: [] },
    job_id: knowsBuild ? revision.jobId : null,
    mach: isPoor ? null : device.mach,
    modules: isPoor ? null : 'modules.tar.xz',
    name: group.name,
    parent_id: parent,
    sub_groups: [...subGroups],
    test_cases: [...cases],
    time: chance.oneIn(10) ? -1 : new Date(group.isPosted ? chance.below(60_000) : 0),
    version: group.isPosted ? '1.0' : '1.1',
    warnings: chance.below(3),
  };
}
