import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { options } from '../../../adapters/cki/options.ts';
import {
  translateBuild,
  translateCheckout,
  translateIncident,
  translateIssue,
  translateTest,
} from '../../../adapters/cki/translate.ts';
import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { exactInteger } from '../../../adapters/contract/exact-json.ts';
import type { Entities, EntityName, Json, JsonObject } from '../../../adapters/contract/model.ts';
import type { Found } from '../../../adapters/kit/author.ts';
import { MemoryBytes } from '../../../adapters/kit/json/byte-source.ts';
import { modelFaults } from '../../../adapters/kit/kcidb/faults.ts';
import { TolerantVisitor, walkDocument } from '../../../adapters/kit/kcidb/walk-document.ts';
import { announceMissingSharedData, hasSharedData, realSubmissions, sharedPath } from '../../support/shared-data.ts';

const CONFIGURED = options.parse({ url: 'https://dw.example.org' });
const HASH = 'E347810e84094078d155663acbf36d82efe91f95';
const RECORDS: Readonly<Record<EntityName, JsonObject>> = {
  checkout: { id: 'redhat:21', origin: 'redhat', git_commit_hash: HASH.toLowerCase(), misc: { iid: 3 } },
  build: { id: 'redhat:21-x86_64-kernel', origin: 'redhat', checkout_id: 'redhat:21', misc: { iid: 4 } },
  test: { id: 'redhat:21-x86_64-kernel_upt_1', origin: 'redhat', build_id: 'redhat:21-x86_64-kernel' },
  issue: { id: 41, description: 'It fails.', kind: { tag: 'Kernel Bug', kernel_code_related: true } },
  incident: { issue: { id: 41 }, is_regression: false, test_id: 'redhat:21-x86_64-kernel_upt_1' },
};
const TEST = { entity: 'test', id: 'redhat:21-x86_64-kernel_upt_1' } as const;

type Translators = {
  readonly [E in EntityName]: (raw: Json, warn: (error: SourceError) => void) => Found<Entities[E]> | null;
};
const TRANSLATORS: Translators = {
  checkout: translateCheckout,
  build: translateBuild,
  test: translateTest,
  issue: (raw, warn) => translateIssue(raw, CONFIGURED, warn),
  incident: (raw, warn) => translateIncident(raw, TEST, CONFIGURED, warn),
};

function translate(entity: EntityName, raw: Json) {
  const warnings: SourceError[] = [];
  const found = TRANSLATORS[entity](raw, (error) => warnings.push(error));
  return { found, warnings };
}

const file = { name: 'log', url: 'https://x.example/log' };

/** One line for each line of the table in the README: a record with these fields becomes an object with those. */
const TABLE: readonly (readonly [
  rule: string,
  entity: EntityName,
  given: JsonObject,
  wanted: object,
  faults?: number,
])[] = [
  [
    'an empty text is nothing',
    'checkout',
    { log_excerpt: '', patchset_hash: '' },
    { logExcerpt: null, patchsetHash: null },
  ],
  ['a null is nothing', 'build', { config_name: null, misc: null }, { configName: null, misc: null }],
  [
    'integers keep their digits within misc',
    'build',
    { misc: { iid: 1, ns: exactInteger('1753000000123456789'), deep: [exactInteger('-9007199254740993')] } },
    { misc: { iid: 1, ns: exactInteger('1753000000123456789'), deep: [exactInteger('-9007199254740993')] } },
  ],
  ['a null within misc stays', 'build', { misc: { iid: 1, a: { b: null } } }, { misc: { iid: 1, a: { b: null } } }],
  ['an empty list stays', 'test', { output_files: [] }, { outputFiles: [] }],
  ['a commit is of small letters', 'checkout', { git_commit_hash: HASH }, { gitCommitHash: HASH.toLowerCase() }],
  [
    'git:// becomes https://',
    'checkout',
    { git_repository_url: 'git://g.example/l.git' },
    { gitRepositoryUrl: 'https://g.example/l.git', misc: { iid: 3, git_repository_url: 'git://g.example/l.git' } },
  ],
  [
    'http:// of kernel.org becomes https://',
    'checkout',
    { git_repository_url: 'http://git.kernel.org/l.git' },
    { gitRepositoryUrl: 'https://git.kernel.org/l.git' },
  ],
  [
    'another http:// stays in misc alone',
    'checkout',
    { git_repository_url: 'http://g.example/l.git' },
    { gitRepositoryUrl: null, misc: { iid: 3, git_repository_url: 'http://g.example/l.git' } },
  ],
  [
    'ssh too',
    'checkout',
    { git_repository_url: 'git@g.example:l.git' },
    { gitRepositoryUrl: null, misc: { iid: 3, git_repository_url: 'git@g.example:l.git' } },
  ],
  [
    'a time has microseconds',
    'checkout',
    { start_time: '2026-08-15T03:00:00.1002Z' },
    { startTime: '2026-08-15T03:00:00.100200Z' },
  ],
  [
    'of another zone',
    'checkout',
    { start_time: '2026-08-15T05:00:00+02:00' },
    { startTime: '2026-08-15T03:00:00.000000Z' },
  ],
  [
    'without a zone is none',
    'checkout',
    { start_time: '2026-08-15T05:00:00.865387' },
    { startTime: null, comment: null },
    1,
  ],
  [
    'contacts of version 4 go',
    'checkout',
    { contacts: ['a@b.example'], comment: 'c' },
    { comment: 'c', misc: { iid: 3 } },
  ],
  ['valid of a checkout stays', 'checkout', { valid: false }, { valid: false }],
  ['a valid build passed', 'build', { valid: true }, { status: 'PASS', misc: { iid: 4 } }],
  ['one that is not failed', 'build', { valid: false }, { status: 'FAIL' }],
  [
    'one that says nothing has no status, ended or not',
    'build',
    { duration: 1956, log_url: file.url },
    { status: null, duration: 1956 },
  ],
  ['one of version 5 says it', 'build', { status: 'ERROR' }, { status: 'ERROR' }],
  ['and that counts', 'build', { status: 'MISS', valid: true }, { status: 'MISS', misc: { iid: 4 } }],
  ['a strange status is none', 'test', { status: 'WARN' }, { status: null }, 1],
  ['a test without status is planned or runs', 'test', {}, { status: null, startTime: null }],
  ['every status stays', 'test', { status: 'DONE' }, { status: 'DONE' }],
  [
    'a waived test keeps its status',
    'test',
    { status: 'FAIL', waived: true },
    { status: 'FAIL', misc: { waived: true } },
  ],
  [
    'and one that is not waived',
    'test',
    { status: 'FAIL', waived: false, misc: { iid: 1 } },
    { status: 'FAIL', misc: { iid: 1, waived: false } },
  ],
  [
    'results stay as they are',
    'test',
    { misc: { results: [{ name: 'a b', status: 'SKIP' }] } },
    { misc: { results: [{ name: 'a b', status: 'SKIP' }] } },
  ],
  ['a path stays', 'test', { path: 'xfstests_-_nfsv4_2' }, { path: 'xfstests_-_nfsv4_2' }],
  ['one that KCIDB cannot have goes', 'test', { path: 'a..b', comment: 'a..b' }, { path: null, comment: 'a..b' }, 1],
  [
    'the host is the comment of the environment',
    'test',
    { environment: { comment: 'h', misc: null } },
    { environment: { comment: 'h', compatible: null, misc: null } },
  ],
  [
    'a file without address goes, its siblings stay',
    'test',
    { output_files: [{ name: 'x' }, file] },
    { outputFiles: [file] },
    1,
  ],
  [
    'a field of another type goes, its siblings stay',
    'build',
    { duration: 'long', comment: 'c' },
    { duration: null, comment: 'c' },
    1,
  ],
  [
    'what KCIDB has no field for goes to misc',
    'build',
    { cross_compiler_prefix: 'x-' },
    { misc: { iid: 4, cross_compiler_prefix: 'x-' } },
  ],
  ['an excerpt is cut', 'build', { log_excerpt: 'é'.repeat(20_000) }, { logExcerpt: 'é'.repeat(16_384) }],
  ['a record without parent is left out', 'test', { build_id: null }, {}, 1],
  ['a record without id is left out', 'checkout', { id: 7 }, {}, 1],
  [
    'an issue is named as CKI hands it on',
    'issue',
    {},
    { id: 'redhat:issue_41', origin: 'redhat', reportUrl: 'https://dw.example.org/issue/00041', comment: 'It fails.' },
  ],
  [
    'its version is the second of its last change',
    'issue',
    { created_at: '2026-01-01T00:00:00Z', last_edited_at: '2026-08-15T00:40:01.9Z' },
    { version: 1786754401, timestamp: '2026-08-15T00:40:01.000000Z' },
  ],
  [
    'that it was resolved is a change',
    'issue',
    { resolved_at: '2026-07-01T08:00:00.000000Z' },
    { version: 1782892800, misc: { resolved_at: '2026-07-01T08:00:00.000000Z', kind: 'Kernel Bug' } },
  ],
  ['without any such time it is 0', 'issue', { resolved_at: null }, { version: 0, timestamp: null }],
  ['a kernel bug is the code’s', 'issue', {}, { culprit: { code: true, tool: false, harness: false } }],
  [
    'an unstable test is the tool’s',
    'issue',
    { kind: { tag: 'Unstable Test', kernel_code_related: false } },
    { culprit: { code: false, tool: true, harness: false } },
  ],
  [
    'infrastructure is the harness’s',
    'issue',
    { kind: { tag: 'Infrastructure Problem', kernel_code_related: false } },
    { culprit: { code: false, tool: false, harness: true } },
  ],
  [
    'of another kind only the code is known',
    'issue',
    { kind: { tag: 'Odd', kernel_code_related: false } },
    { culprit: { code: false, tool: null, harness: null } },
  ],
  ['without a kind nothing is', 'issue', { kind: null }, { culprit: null, misc: {} }],
  [
    'ticket and state go to misc',
    'issue',
    { ticket_url: 'https://t.example/1', resolved: false },
    { misc: { ticket_url: 'https://t.example/1', resolved: false, kind: 'Kernel Bug' } },
  ],
  ['an issue without number is left out', 'issue', { id: 'x' }, {}, 1],
  [
    'an occurrence is a present incident',
    'incident',
    { created_at: '2026-08-15T00:40:01Z' },
    {
      id: 'redhat:occurrence:41:test:redhat:21-x86_64-kernel_upt_1',
      issueId: 'redhat:issue_41',
      testId: TEST.id,
      buildId: null,
      present: true,
      timestamp: '2026-08-15T00:40:01.000000Z',
      misc: { is_regression: false, created_at: '2026-08-15T00:40:01Z' },
    },
  ],
  [
    'in a result it names that',
    'incident',
    { testresult_id: `${TEST.id}.2` },
    { id: `redhat:occurrence:41:result:2:${TEST.id}`, testId: TEST.id },
  ],
  [
    'it names the version of the issue that came with it',
    'incident',
    { issue: { id: 41, resolved_at: '2026-07-01T08:00:00Z' } },
    { issueVersion: 1782892800 },
  ],
  ['an issue that is a number will do', 'incident', { issue: 41 }, { issueId: 'redhat:issue_41', issueVersion: 0 }],
  ['one of a whole checkout is left out and told of', 'incident', { test_id: null, checkout_id: 'redhat:21' }, {}, 1],
  ['one of another test is none of this one’s', 'incident', { test_id: 'redhat:other' }, {}],
];

describe('the table of the README', () => {
  for (const [rule, entity, given, wanted, faults = 0] of TABLE)
    it(`${rule} (${entity})`, () => {
      const { found, warnings } = translate(entity, { ...RECORDS[entity], ...given });
      expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: faults }, () => 'SOURCE_BAD_DATA'));
      if (Object.keys(wanted).length === 0) {
        expect(found).toBeNull();
        return;
      }
      expect(found?.object).toMatchObject(wanted);
      if (found !== null) expect(modelFaults<EntityName>(entity, found.object)).toEqual([]);
    });

  it('names the record, and quotes what came', () => {
    const { warnings } = translate('test', { ...RECORDS.test, status: 'WARN' });
    expect(warnings[0]).toMatchObject({ id: TEST.id, message: expect.stringContaining('"WARN"') });
    const [strange] = translate('checkout', 'https://user:secret@host.example/x').warnings;
    expect(strange?.message).toContain('(a URL)');
    expect(strange?.message).not.toContain('secret');
  });

  it('gives lists the time of start, and issues that of their version', () => {
    expect(translate('issue', { ...RECORDS.issue, edited_at: '2026-07-01T08:00:00.5Z' }).found?.time).toBe(
      '2026-07-01T08:00:00.000000Z',
    );
    expect(translate('issue', RECORDS.issue).found?.time).toBeNull();
    expect(translate('build', { ...RECORDS.build, start_time: '2026-07-01T08:00:00Z' }).found?.time).toBe(
      '2026-07-01T08:00:00.000000Z',
    );
  });
});

function objectsOf(text: string): readonly StoredObject[] {
  const objects: StoredObject[] = [];
  const taker = { isFull: false, take: (object: StoredObject) => void objects.push(object), fault: () => undefined };
  const bytes = new MemoryBytes(Buffer.from(text));
  walkDocument(
    bytes,
    (version) => TolerantVisitor.of(version, taker),
    () => false,
  );
  return objects;
}

announceMissingSharedData('CKI records against real submissions');

describe.skipIf(!hasSharedData)('real records', () => {
  it('become what the upgrade of their own documents gives, but for empty texts', () => {
    let count = 0;
    for (const text of realSubmissions().values()) {
      const document: JsonObject = JSON.parse(text);
      const records = ['checkouts', 'builds', 'tests'].flatMap((list) => document[list] ?? []);
      const raws = new Map(records.flatMap((raw): [unknown, Json][] => (isObject(raw) ? [[raw.id, raw]] : [])));
      for (const stored of objectsOf(text)) {
        if (stored.object.origin !== 'redhat') continue;
        const raw = raws.get(stored.object.id);
        if (raw === undefined) continue;
        const { found, warnings } = translate(stored.entity, raw);
        expect(warnings).toEqual([]);
        expect(found?.object).toEqual(withoutEmpty(stored.object));
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(50);
  });

  it.each([
    ['checkout.json', 'checkout', 'redhat:2100000001'],
    ['checkout.invalid.json', 'checkout', 'redhat:2100000003'],
    ['build.json', 'build', 'redhat:2100000001-x86_64-kernel'],
    ['build.failed.json', 'build', 'redhat:2100000001-aarch64-kernel-64k-debug'],
    ['build.done-without-valid.json', 'build', 'redhat:2100000002-s390x-kernel'],
    ['test.fail.json', 'test', 'redhat:2100000001-x86_64-kernel_upt_3'],
    ['test.planned.json', 'test', 'redhat:2100000001-x86_64-kernel_upt_6'],
    ['issue.json', 'issue', 'redhat:issue_4101'],
  ] as const)('%s is understood', (name, entity, id) => {
    const raw: Json = JSON.parse(readFileSync(sharedPath(`cki/${name}`), 'utf8'));
    const { found, warnings } = translate(entity, raw);
    expect(warnings).toEqual([]);
    expect(found?.object.id).toBe(id);
    if (found !== null) expect(modelFaults<EntityName>(entity, found.object)).toEqual([]);
  });
});

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutEmpty(object: object): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === '' ? null : value]));
}
