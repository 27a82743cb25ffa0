import { type Json, type JsonObject, STATUSES, type Status } from '../../../adapters/contract/model.ts';
import type { KnownObject } from '../../../adapters/kit/conformance/conformance.ts';
import type { CkiData, CkiOccurrence, CkiRecord } from '../../../examples/upstreams/cki/data.ts';
import { build, checkout, incident, issue, test } from '../../support/model-objects.ts';

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const time = (value: unknown): string | null =>
  text(value)?.replace(/(\.\d{6})?Z$/, (_, f = '.000000') => `${f}Z`) ?? null;
const isStatus = (value: unknown): value is Status => STATUSES.some((status) => status === value);
const object = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value ?? {}));
const seconds = (value: string | null): number => (value === null ? 0 : Date.parse(value) / 1000);

/** What the gateway should see of a DataWarehouse, by its rules as the README tells them. */
export function knownCkiObjects(data: CkiData, url: string): readonly KnownObject[] {
  return [
    ...data.checkouts.map(checkoutOf),
    ...[...data.builds.values()].flat().map(buildOf),
    ...[...data.tests.values()].flat().map(testOf),
    ...data.issues.map((one): KnownObject => {
      const version = Math.max(seconds(one.last_edited_at), seconds(one.resolved_at));
      const [code, tool, harness] = [1, 3, 4].map((kind) => kind === one.kind.id);
      const known = issue({
        id: `redhat:issue_${one.id}`,
        origin: 'redhat',
        version,
        reportUrl: `${url}/issue/0${one.id}`,
        comment: one.description,
        culprit: { code: code ?? null, tool: tool ?? null, harness: harness ?? null },
        misc: object({
          ticket_url: one.ticket_url,
          resolved: one.resolved,
          ...(one.resolved_at === null ? {} : { resolved_at: one.resolved_at }),
          last_edited_at: one.last_edited_at,
          kind: one.kind.tag,
        }),
      });
      return { ...known, time: time(new Date(version * 1000).toISOString().replace('.000Z', 'Z')) };
    }),
    ...data.occurrences.map(incidentOf),
  ];
}

function checkoutOf(record: CkiRecord): KnownObject {
  const url = text(record.git_repository_url) ?? '';
  const https = url.replace('git://', 'https://');
  const misc = object(record.misc);
  const known = checkout({
    id: record.id,
    origin: 'redhat',
    treeName: text(record.tree_name),
    gitRepositoryUrl: https,
    gitCommitHash: text(record.git_commit_hash),
    gitCommitName: text(record.git_commit_name),
    gitRepositoryBranch: text(record.git_repository_branch),
    patchsetHash: text(record.patchset_hash),
    comment: text(record.comment),
    startTime: time(record.start_time),
    logExcerpt: text(record.log_excerpt),
    valid: record.valid === true,
    misc: https === url ? misc : { ...misc, git_repository_url: url },
  });
  return { ...known, time: time(record.start_time) };
}

function buildOf(record: CkiRecord): KnownObject {
  const status = isStatus(record.status) ? record.status : null;
  const ofValid = typeof record.valid === 'boolean' ? (record.valid ? 'PASS' : 'FAIL') : null;
  const known = build({
    id: record.id,
    origin: 'redhat',
    checkoutId: String(record.checkout_id),
    comment: text(record.comment),
    startTime: time(record.start_time),
    duration: Number(record.duration),
    architecture: text(record.architecture),
    command: text(record.command),
    compiler: text(record.compiler),
    outputFiles: JSON.parse(JSON.stringify(record.output_files)),
    configName: text(record.config_name),
    configUrl: text(record.config_url),
    logUrl: text(record.log_url),
    status: status ?? ofValid,
    misc: object(record.misc),
  });
  return { ...known, time: time(record.start_time) };
}

function testOf(record: CkiRecord): KnownObject {
  const environment = object(record.environment);
  const misc = object(record.misc);
  const known = test({
    id: record.id,
    origin: 'redhat',
    buildId: String(record.build_id),
    environment: { comment: text(environment.comment), compatible: null, misc: null },
    path: text(record.path),
    comment: text(record.comment),
    logUrl: text(record.log_url),
    status: isStatus(record.status) ? record.status : null,
    startTime: time(record.start_time),
    duration: typeof record.duration === 'number' ? record.duration : null,
    outputFiles: JSON.parse(JSON.stringify(record.output_files)),
    misc: record.waived === true ? { ...misc, waived: true } : misc,
  });
  return { ...known, time: time(record.start_time) };
}

function incidentOf(one: CkiOccurrence): KnownObject {
  const where =
    one.build_id !== null
      ? `build:${one.build_id}`
      : `${one.testresult_id === null ? 'test' : 'result:1'}:${one.test_id ?? ''}`;
  const misc: Record<string, Json> = { is_regression: one.is_regression, created_at: one.created_at };
  if (one.testresult_id !== null) misc.testresult_id = one.testresult_id;
  const known = incident({
    id: `redhat:occurrence:${one.issue.id}:${where}`,
    origin: 'redhat',
    issueId: `redhat:issue_${one.issue.id}`,
    issueVersion: Math.max(seconds(one.issue.last_edited_at), seconds(one.issue.resolved_at)),
    buildId: one.build_id,
    testId: one.test_id,
    present: true,
    misc,
  });
  return { ...known, time: time(one.created_at) };
}
