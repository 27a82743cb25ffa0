import { type Behaviour, fail, pass, skipped } from '../report.ts';
import { identityOf } from '../sampler.ts';
import type { AnyObject } from '../subject.ts';

export const issueVersions: Behaviour = {
  name: 'issue-versions',
  promise: 'Issues are listed in their newest version, or in all; `ID` finds the newest, `VERSION@ID` that one.',
  async run(session, data) {
    const capability = session.entity('issue');
    if (!capability?.list) return skipped('Issues cannot be listed.');
    const { items: newest } = await data.sample('issue');
    const { items: all, complete } = await data.sample('issue', true);
    if (newest.length === 0) return skipped('There are no issues.');
    const highest = new Map<string, number>();
    for (const { object } of all) highest.set(object.id, Math.max(versionOf(object), highest.get(object.id) ?? 0));
    const ids = newest.map(({ object }) => object.id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) return fail('An issue is listed in two versions without allVersions.', { id: twice });
    const old = newest.find(({ object }) => versionOf(object) < (highest.get(object.id) ?? 0));
    if (old !== undefined) return fail('An older version of an issue is listed.', { key: identityOf(old.object) });
    const absent = complete ? newest.find(({ object }) => !highest.has(object.id)) : undefined;
    if (absent !== undefined) return fail('An issue is not listed with allVersions.', { id: absent.object.id });
    const many = all.find(({ object }) => versionOf(object) < (highest.get(object.id) ?? 0));
    const { id } = (many ?? newest[0] ?? { object: { id: '' } }).object;
    if (capability.get) {
      const keys = [id, ...all.filter(({ object }) => object.id === id).map(({ object }) => identityOf(object))];
      const found = await session.get('issue', keys);
      for (const key of keys) {
        const value = found.get(key);
        if (value instanceof Error) return fail('There is an error for an issue.', { key, error: String(value) });
        const wanted = key === id ? `${highest.get(id)}@${id}` : key;
        const got = value !== undefined && 'object' in value ? identityOf(value.object) : null;
        if (got !== wanted) return fail('A key finds another version.', { key, wanted, got });
      }
    }
    return many === undefined ? skipped('No issue at hand has several versions.') : pass();
  },
};

function versionOf(object: AnyObject): number {
  return 'version' in object ? object.version : 0;
}
