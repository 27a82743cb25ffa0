import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { modelFaults } from '../../../adapters/kit/conformance/validate-answer.ts';
import { readBug, readGroup } from '../../../adapters/syzbot/client.ts';
import { translateBug } from '../../../adapters/syzbot/translate.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';

announceMissingSharedData('the illustrative bodies of the dashboard');
const bodies = (beginning: string) =>
  hasSharedData ? readdirSync(sharedPath('syzbot/')).filter((name) => name.startsWith(beginning)) : ['none'];
const json = (name: string) => JSON.parse(readFileSync(sharedPath(`syzbot/${name}`), 'utf8'));
const context = { url: 'https://syzkaller.appspot.com', namespace: 'upstream', versionBefore: 0 };

/** By file: the state that each must have, its tests and its incidents. */
const STATES: Readonly<Record<string, readonly [state: string, tests: number, incidents: number]>> = {
  'bug.dup.json': ['dup', 1, 1],
  'bug.fix-pending.json': ['fix-pending', 1, 1],
  'bug.fixed-never-public.json': ['fixed', 1, 1],
  'bug.fixed.json': ['fixed', 2, 2],
  'bug.invalid-auto.json': ['invalid', 1, 1],
  'bug.invalid-manual.json': ['invalid', 1, 1],
  'bug.moderation.json': ['open', 1, 1],
  'bug.no-crashes.json': ['open', 0, 0],
  'bug.open-build-error.json': ['open', 0, 1],
  'bug.open-c-repro.json': ['open', 3, 3],
  'bug.open-no-repro.json': ['open', 1, 1],
};

describe.skipIf(!hasSharedData)('bodies as the dashboard’s own source would write them', () => {
  it.each(bodies('bug.'))('%s is understood without a fault', (name) => {
    const warnings: SourceError[] = [];
    const bug = readBug(json(name), name, (error) => warnings.push(error));
    const { issue, checkouts, builds, tests, incidents } = translateBug(bug, { ...context, extid: null });
    expect(warnings).toEqual([]);
    expect([issue.misc?.state, tests.length, incidents.length]).toEqual(STATES[name]);
    expect(modelFaults('issue', issue)).toEqual([]);
    for (const one of checkouts) expect(modelFaults('checkout', one)).toEqual([]);
    for (const one of builds) expect(modelFaults('build', one)).toEqual([]);
    for (const one of tests) expect(modelFaults('test', one)).toEqual([]);
    for (const one of incidents) expect(modelFaults('incident', one)).toEqual([]);
  });

  it.each(bodies('group.'))('%s is a list', (name) => {
    const warnings: SourceError[] = [];
    const rows = readGroup(json(name), name, (error) => warnings.push(error));
    expect(warnings).toEqual([]);
    expect(rows).toHaveLength((json(name).Bugs ?? []).length);
  });

  it('agree with what syzbot itself submits of the same crash', () => {
    const own = json('kcidb-post.syzbot-own.json');
    const bug = readBug(json('bug.open-c-repro.json'), 'the bug', () => undefined);
    const { checkouts, builds } = translateBug(bug, { ...context, extid: null });
    const [checkout] = own.checkouts;
    expect(checkouts).toContainEqual(
      expect.objectContaining({
        id: checkout.id,
        gitCommitHash: checkout.git_commit_hash,
        gitRepositoryUrl: checkout.git_repository_url,
        valid: checkout.valid,
      }),
    );
    const [build] = own.builds;
    expect(builds).toContainEqual(
      expect.objectContaining({ checkoutId: build.checkout_id, configUrl: build.config_url, status: build.status }),
    );
  });
});
