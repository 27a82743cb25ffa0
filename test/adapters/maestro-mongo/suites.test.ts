import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Suites } from '../../../adapters/maestro-mongo/suites.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';

announceMissingSharedData('the suites of all jobs of the pipeline');

const JOBS: readonly (readonly [job: string, suite: string | null | undefined])[] = [
  ['baseline-arm64', 'boot'],
  ['baseline-nfs-arm64', 'boot.nfs'],
  ['job-gcc-14-arm-61-cip', 'boot.nfs'],
  ['job-gcc-14-x86-612-cip-rt', 'boot.nfs'],
  ['job-gcc-14-arm64-419-cip-st', 'boot'],
  ['job-gcc-14-riscv-612-cip', 'boot'],
  ['ltp-fs_bind-pull-labs', 'ltp'],
  ['kselftest-dt', 'kselftest.dt'],
  ['kselftest-dt-ramdisk', 'kselftest.dt'],
  ['kselftest-arm64-pull-labs', 'kselftest.arm64'],
  ['kselftest-device-error-logs', 'kselftest.device_error_logs'],
  ['kselftest-device-error-logs-ramdisk', 'kselftest.device-error-logs'],
  ['kselftest-splice', 'kselftest.splce'],
  ['rt-tests', undefined],
  ['rt-tests-pi-stress', 'rt-tests.pi-params'],
  ['rt-tests-cyclictest', 'rt-tests.cyclictest'],
  ['fluster-debian-h264-frext', 'fluster.debian.v4l2.gstreamer_h264_frext'],
  ['fluster-debian-av1-chromium-10bit', 'fluster.debian.v4l2.gstreamer_av1_chromium'],
  ['kbuild-gcc-14-arm64-dtbscheck', 'dtbs_check'],
  ['kbuild-gcc-14-arm64', null],
  ['wifi-basic', 'kernelci_wifi_basic'],
  ['wifi-basic-x86-amd', 'kernelci_wifi_basic'],
  ['kunit-x86_64', 'kunit'],
  ['kunit-of-somebody', undefined],
  ['hasOwnProperty', undefined],
];

describe('suites', () => {
  it.each(JOBS)('%s', (job, suite) => expect(new Suites().suiteOf(job)).toBe(suite));

  it('are added to and overridden by the configuration, whole names before beginnings', () => {
    const suites = new Suites({ 'baseline-*': 'mine', 'baseline-x86': 'mine.x86', 'nobodys-*': 'theirs', sleep: null });
    expect(['baseline-x86', 'baseline-arm', 'nobodys-job', 'sleep', 'kunit'].map((job) => suites.suiteOf(job))).toEqual(
      [...['mine.x86', 'mine', 'theirs', null, 'kunit']],
    );
  });

  it.skipIf(!hasSharedData)('fit all jobs of the pipeline', () => {
    const file = z.object({ suites: z.record(z.string(), z.string()) });
    const { suites } = file.parse(JSON.parse(readFileSync(sharedPath('mongo/maestro-suites.json'), 'utf8')));
    const built = new Suites();
    const ours = Object.keys(suites).map((job) => [job, built.suiteOf(job) ?? job]);
    expect(ours).toHaveLength(256);
    expect(Object.fromEntries(ours)).toEqual(suites);
  });
});
