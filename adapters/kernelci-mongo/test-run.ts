import type { Document } from 'bson';
import type { Environment, Resource } from '../kit/author.ts';
import { textOf, toJson } from '../kit/mongo/documents.ts';
import { storageUrl } from './storage-url.ts';

/** `PLAN on DEVICE in LAB`, as far as it is known. */
export function placed(plan: string | null, device: string | null, lab: string | null): string | null {
  if (plan === null) return [device, lab].some((part) => part !== null) ? where(device, lab) : null;
  return device === null
    ? [plan, lab].filter((part) => part !== null).join(' in ')
    : `${plan} on ${where(device, lab)}`;
}

function where(device: string | null, lab: string | null): string | null {
  return device === null && lab === null ? null : [device, lab].filter((part) => part !== null).join(' in ');
}

export function environmentOf(
  at: { readonly device: string | null; readonly lab: string | null; readonly mach: string | null },
  run: Document,
): Environment {
  const misc = { ...at, rootfs_url: toJson(run.initrd), instance: toJson(run.board_instance) };
  return { comment: where(at.device, at.lab), compatible: null, misc };
}

/** Where the files of runs lie. */
export interface RunStorage {
  /** The base address. */
  readonly storage: string;
  /** The folder of the build, for a run that does not name one. */
  readonly folder: string | null;
}

/** Files of a run on a board; what the run does not have is left out. */
export function runFiles(
  { storage, folder }: RunStorage,
  run: Document,
  lab: string | null,
  named: Readonly<Record<string, unknown>>,
): readonly Resource[] {
  return Object.entries(named).flatMap(([name, value]) => {
    const url = storageUrl(storage, textOf(run.file_server_resource) ?? folder, lab, textOf(value));
    return url === null ? [] : [{ name, url }];
  });
}

/** Whether a run left files in the folder of a build that it does not name: it was imported before the build. */
export function lacksFolder(run: Document): boolean {
  const files = [run.boot_log, run.boot_log_html].some((file) => textOf(file) !== null);
  return files && textOf(run.file_server_resource) === null;
}
