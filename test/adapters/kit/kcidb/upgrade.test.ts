import { describe, expect, it } from 'vitest';
import { ObjectUpgrade } from '../../../../adapters/kit/kcidb/object-upgrade.ts';
import type { KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { type Upgraded, upgrade, validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { FULL_DOCUMENTS } from './full-documents.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

function upgraded(document: KcidbObject): Upgraded {
  const verdict = validate(document);
  if (!verdict.valid) throw new Error(JSON.stringify(verdict.faults));
  return upgrade(verdict.document, verdict.rules);
}

function newest(document: KcidbObject): KcidbObject {
  const result = upgraded(document);
  if (!result.valid) throw new Error(JSON.stringify(result.faults));
  return result.document;
}

describe('an upgrade', () => {
  it.each(Object.entries(FULL_DOCUMENTS).filter(([name]) => name !== '1.1'))(
    'from %s is valid in 5.3',
    (_name, document) => {
      const result = newest(document);
      expect(result.version).toEqual({ major: 5, minor: 3 });
      expect(validate(result)).toMatchObject({ valid: true });
      expect(newest(result)).toEqual(result);
    },
  );

  it('leaves what it was given as it is', () => {
    for (const document of Object.values(FULL_DOCUMENTS)) {
      const before = structuredClone(document);
      upgraded(document);
      expect(document).toEqual(before);
    }
  });

  it('keeps the order of objects and empty lists, and adds no list of its own', () => {
    const tests = ['c', 'a', 'b'].map((id) => ({ id: `x:${id}`, origin: 'x', build_id: 'x:b' }));
    expect(newest({ version: { major: 4, minor: 0 }, tests, builds: [] })).toEqual({
      version: { major: 5, minor: 3 },
      tests,
      builds: [],
    });
  });

  it('makes one id of an origin and a local id', () => {
    const test = {
      origin: 'x',
      origin_id: 't:1',
      build_origin: 'y',
      build_origin_id: 'b',
      output_files: [{ name: 'a/b', url: 'a:b' }],
    };
    expect(newest({ version: '1', tests: [test] }).tests).toEqual([
      { id: 'x:t:1', origin: 'x', build_id: 'y:b', output_files: [{ name: 'a_b', url: 'a:b' }] },
    ]);
  });

  it('makes a checkout of a revision, and hangs builds on the one of their own origin', () => {
    const patchset = 'e'.repeat(64);
    const revision = { id: `x:${COMMIT}+${patchset}`, git_repository_commit_hash: COMMIT, description: 'd' };
    const document = {
      version: { major: 2 },
      revisions: [revision],
      builds: [{ id: 'y:b', revision_id: `x:${COMMIT}` }],
    };
    expect(newest(document)).toMatchObject({
      checkouts: [
        {
          id: `_:x:${COMMIT}+${patchset}`,
          origin: 'x',
          patchset_hash: patchset,
          git_commit_hash: COMMIT,
          comment: 'd',
        },
      ],
      builds: [{ id: 'y:b', origin: 'y', checkout_id: `_:y:${COMMIT}` }],
    });
  });

  it('turns validity of builds into a status', () => {
    const build = { id: 'x:b', origin: 'x', checkout_id: 'x:c' };
    const builds = [{ ...build, valid: true }, { ...build, valid: false }, build];
    expect(newest({ version: { major: 4, minor: 5 }, builds }).builds).toEqual([
      { ...build, status: 'PASS' },
      { ...build, status: 'FAIL' },
      build,
    ]);
  });

  it('makes an incident of each waived test, and of one issue, and marks them as made', () => {
    const test = { origin: 'x', build_id: 'x:b' };
    const tests = [
      { ...test, id: 'x:1', waived: true },
      { ...test, id: 'x:2', waived: false },
      { ...test, id: 'x:3', waived: true },
    ];
    const issue = { id: '_:sent', origin: '_', version: 1 };
    const result = upgraded({ version: { major: 4, minor: 1 }, tests, issues: [issue] });
    if (!result.valid) throw new Error('refused');
    const waiver = { id: '_:waived', version: 1, origin: '_', comment: 'Test waived as unreliable' };
    const incident = (id: string) => ({
      id: `_:waived:1:${id}`,
      origin: '_',
      issue_id: '_:waived',
      issue_version: 1,
      test_id: id,
      present: true,
    });
    expect(result.document).toMatchObject({ issues: [issue, waiver], incidents: [incident('x:1'), incident('x:3')] });
    expect(result.document.tests).toEqual([
      { ...test, id: 'x:1' },
      { ...test, id: 'x:2' },
      { ...test, id: 'x:3' },
    ]);
    expect([...result.madeByUpgrade]).toEqual([waiver, incident('x:1'), incident('x:3')]);
  });

  it('gives object by object what it gives for the whole document', () => {
    for (const document of Object.values(FULL_DOCUMENTS)) {
      const verdict = validate(document);
      if (!verdict.valid) throw new Error('refused');
      const objectUpgrade = new ObjectUpgrade(verdict.rules.version);
      const whole = upgraded(document);
      const parts = [...verdict.rules.lists].reverse().flatMap((list) => {
        const objects = document[list];
        return Array.isArray(objects) ? objects.map((object, index) => objectUpgrade.upgrade(list, index, object)) : [];
      });
      const faults = parts.flatMap((part) => part.faults);
      if (!whole.valid) expect(faults).toEqual(whole.faults);
      else {
        const objects = parts.flatMap((part) => part.objects);
        for (const list of ['checkouts', 'builds', 'tests', 'issues', 'incidents'] as const) {
          expect(objects.filter((object) => object.list === list).map(({ object }) => object)).toEqual(
            expect.arrayContaining([...(Array.isArray(whole.document[list]) ? whole.document[list] : [])]),
          );
        }
        expect(objects.filter(({ madeByUpgrade }) => madeByUpgrade)).toHaveLength(whole.madeByUpgrade.size);
      }
    }
  });
});

describe('an upgrade is refused', () => {
  it('where a repository is not reached by https', () => {
    const url = 'git://git.example.org/linux.git';
    const revisions = [{ id: COMMIT, origin: 'x', git_repository_url: url }];
    expect(upgraded({ version: { major: 3 }, revisions })).toMatchObject({
      faults: [{ path: '/revisions/0/git_repository_url', rule: 'upgrade', value: url }],
    });
  });

  it('where a path has a name missing', () => {
    const tests = [{ id: 'x:t', origin: 'x', build_id: 'x:b', path: 'a..b' }];
    expect(upgraded({ version: { major: 4, minor: 5 }, tests })).toMatchObject({
      faults: [{ path: '/tests/0/path', rule: 'upgrade', value: 'a..b' }],
    });
  });

  it('where an object of 1.1 has no origin', () => {
    const tests = [{ origin: '', origin_id: 't', build_origin: 'x', build_origin_id: 'b' }];
    expect(upgraded({ version: '1', tests })).toMatchObject({ faults: [{ path: '/tests/0/origin', rule: 'upgrade' }] });
  });

  it('with a fault for each object, up to a hundred', () => {
    const tests = Array.from({ length: 300 }, (_, index) => ({
      id: `x:${index}`,
      origin: 'x',
      build_id: 'x:b',
      path: '.',
    }));
    const result = upgraded({ version: { major: 4 }, tests });
    expect(result).toMatchObject({ valid: false });
    if (!result.valid) expect(result.faults).toHaveLength(100);
  });
});
