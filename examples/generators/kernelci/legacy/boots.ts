import type { Document } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { Build } from './builds.ts';
import { DEVICES } from './groups.ts';
import { copied } from './revision.ts';

/** A boot of a board, as they were kept apart from tests until July 2020. */
export function bootDocument(chance: Chance, build: Build): Document {
  const time = later(build.time, 5_400_000 + chance.below(600_000));
  const device = chance.of(DEVICES);
  const status = chance.of(['PASS', 'PASS', 'PASS', 'FAIL', 'OFFLINE', 'UNTRIED', 'UNKNOWN']);
  const isOldest = build.revision.era.isOldest;
  const common = {
    _id: chance.id(time),
    arch: build.arch,
    board: device.type,
    boot_log: status === 'OFFLINE' ? null : `boot-${device.type}.txt`,
    boot_log_html: status === 'OFFLINE' ? null : `boot-${device.type}.html`,
    boot_result_description: status === 'OFFLINE' ? 'Unknown infrastructure error' : null,
    created_on: time,
    defconfig: build.defconfig,
    defconfig_full: build.defconfigFull,
    fastboot: isOldest ? false : null,
    job: build.revision.job,
    job_id: build.revision.jobId,
    kernel: build.revision.kernel,
    lab_name: device.lab,
    metadata: {},
    retries: 0,
    status,
    time: chance.oneIn(20) ? -1 : new Date(chance.below(120_000)),
    warnings: chance.below(3),
  };
  if (isOldest) return { ...common, defconfig_id: build.id, version: '1.0' };
  return {
    ...common,
    ...copied(build.revision),
    board_instance: `${device.type}-01`,
    boot_job_id: String(1_000_000 + chance.below(900_000)),
    boot_job_path: null,
    boot_job_url: null,
    ...(build.revision.era.hasEnvironments ? { build_environment: build.environment } : {}),
    build_id: build.id,
    device_type: device.type,
    dtb: `dtbs/${device.type}.dtb`,
    endian: 'little',
    file_server_resource: build.resource,
    file_server_url: null,
    initrd: null,
    kernel_image: 'zImage',
    mach: device.mach,
    plan: 'boot',
    plan_variant: 'boot',
    version: '1.1',
  };
}
