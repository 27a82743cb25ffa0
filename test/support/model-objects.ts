import type { StoredObject } from '../../adapters/contract/adapter.ts';
import type { Build, Checkout, Incident, Issue, Test } from '../../adapters/contract/model.ts';

type Given<T, R extends keyof T> = Pick<T, R> & Partial<T>;

const COMMON = { timestamp: null, misc: null } as const;

/** Objects to store; every field that is not given was not sent. The origin is that of the id. */
export const checkout = (given: Given<Checkout, 'id'>): StoredObject => ({
  entity: 'checkout',
  object: {
    ...COMMON,
    origin: originOf(given.id),
    treeName: null,
    gitRepositoryUrl: null,
    gitCommitHash: null,
    gitCommitName: null,
    gitCommitTags: null,
    gitCommitMessage: null,
    gitRepositoryBranch: null,
    gitRepositoryBranchTip: null,
    patchsetFiles: null,
    patchsetHash: null,
    messageId: null,
    comment: null,
    startTime: null,
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: null,
    ...given,
  },
});

export const build = (given: Given<Build, 'id'>): StoredObject => ({
  entity: 'build',
  object: {
    ...COMMON,
    origin: originOf(given.id),
    checkoutId: 'maestro:checkout',
    comment: null,
    startTime: null,
    duration: null,
    architecture: null,
    command: null,
    compiler: null,
    inputFiles: null,
    outputFiles: null,
    configName: null,
    configUrl: null,
    logUrl: null,
    logExcerpt: null,
    status: null,
    ...given,
  },
});

export const test = (given: Given<Test, 'id'>): StoredObject => ({
  entity: 'test',
  object: {
    ...COMMON,
    origin: originOf(given.id),
    buildId: 'maestro:build',
    environment: null,
    path: null,
    comment: null,
    logUrl: null,
    logExcerpt: null,
    status: null,
    number: null,
    startTime: null,
    duration: null,
    inputFiles: null,
    outputFiles: null,
    ...given,
  },
});

export const issue = (given: Given<Issue, 'id' | 'version'>): StoredObject => ({
  entity: 'issue',
  object: {
    ...COMMON,
    origin: originOf(given.id),
    categories: null,
    reportUrl: null,
    reportSubject: null,
    culprit: null,
    comment: null,
    ...given,
  },
});

export const incident = (given: Given<Incident, 'id'>): StoredObject => ({
  entity: 'incident',
  object: {
    ...COMMON,
    origin: originOf(given.id),
    issueId: 'maestro:issue',
    issueVersion: 1,
    buildId: null,
    testId: null,
    present: null,
    comment: null,
    ...given,
  },
});

function originOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}
