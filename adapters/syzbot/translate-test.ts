import type { JsonObject, Resource, Test } from '../kit/author.ts';
import { isObject } from './client/field-reader.ts';
import type { Crash } from './client/read-bug.ts';
import { absolute } from './links.ts';

/** A crash as a test that failed. When it happened is not published. */
export function translateTest(id: string, buildId: string, crash: Crash, url: string): Test {
  return {
    id,
    origin: 'syzbot',
    buildId,
    environment: null,
    path: 'syzkaller',
    comment: crash.title,
    logUrl: null,
    logExcerpt: null,
    status: 'FAIL',
    number: null,
    startTime: null,
    duration: null,
    inputFiles: null,
    outputFiles: filesOf(crash, url),
    timestamp: null,
    misc: miscOf(crash),
  };
}

function filesOf(crash: Crash, url: string): readonly Resource[] | null {
  const links = [
    ['report.txt', crash.crashReportLink],
    ['repro.c', crash.cReproducer],
    ['repro.syz.txt', crash.syzReproducer],
  ] as const;
  const files = links.flatMap(([name, link]) => {
    const address = absolute(link, url);
    return address === null ? [] : [{ name, url: address }];
  });
  return files.length === 0 ? null : files;
}

function miscOf({ syzkallerGit, syzkallerCommit, reproOpts }: Crash): JsonObject | null {
  const misc = {
    'syzkaller-git': syzkallerGit,
    'syzkaller-commit': syzkallerCommit,
    'repro-opts': reproOpts === null ? null : (objectIn(reproOpts) ?? reproOpts),
  };
  const told = Object.entries(misc).filter(([, value]) => value !== null);
  return told.length === 0 ? null : Object.fromEntries(told);
}

/** Options of a reproducer come as JSON within a text. */
function objectIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
