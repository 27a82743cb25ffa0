import type { KnownObject } from '../../../adapters/kit/conformance/conformance.ts';
import { readBug } from '../../../adapters/syzbot/client.ts';
import { translateBug } from '../../../adapters/syzbot/translate.ts';
import type { DashboardBug } from '../../../examples/upstreams/syzbot/bug.ts';
import { goJson } from '../../../examples/upstreams/syzbot/routes.ts';

/** What a source over these bugs is known to hold; what each object says is the matter of the translation's own test. */
export function knownOf(bugs: readonly DashboardBug[], url: string): readonly KnownObject[] {
  const known = new Map<string, KnownObject>();
  const add = (one: KnownObject) => {
    const key = `${one.entity} ${one.object.id}`;
    if (!known.has(key)) known.set(key, one);
  };
  for (const { page, extids, namespace } of bugs) {
    const bug = readBug(JSON.parse(goJson(page)), 'A bug', () => undefined);
    const context = { url, extid: extids.at(-1) ?? null, namespace, versionBefore: 0 };
    const { issue, time, checkouts, builds, tests, incidents } = translateBug(bug, context);
    add({ entity: 'issue', object: issue, time });
    for (const object of checkouts) add({ entity: 'checkout', object, time: null });
    for (const object of builds) add({ entity: 'build', object, time: null });
    for (const object of tests) add({ entity: 'test', object, time: null });
    for (const object of incidents) add({ entity: 'incident', object, time: null });
  }
  return [...known.values()];
}
