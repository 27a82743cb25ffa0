import { CONTRACT, RELATION_NAMES, RELATION_TARGETS } from '../../../adapter.ts';
import { ENTITY_NAMES } from '../../../model.ts';
import type { Behaviour } from '../behaviour.ts';
import { capabilityFault } from '../capability-faults.ts';
import type { Session } from '../session.ts';
import { sourceCode } from '../source-fault.ts';
import { Stopped } from '../stopped.ts';
import { fail, pass, type Verdict } from '../verdict.ts';

export const capabilities: Behaviour = {
  name: 'capabilities',
  promise: `What an adapter declares is as contract ${CONTRACT} says, and is there.`,
  async run(session) {
    const fault = capabilityFault(session.adapter);
    if (fault !== null) return fail(fault);
    for (const [what, ask] of declaredCalls(session)) {
      const verdict = await judge(what, ask);
      if (verdict.verdict === 'fail') return verdict;
    }
    return pass();
  },
};

function declaredCalls(session: Session): readonly (readonly [string, () => Promise<unknown>])[] {
  const calls: (readonly [string, () => Promise<unknown>])[] = [];
  for (const entity of ENTITY_NAMES) {
    const { get, list, count } = session.entity(entity) ?? {};
    if (get) calls.push([`get(${entity})`, () => session.get(entity, ['absent:0'])]);
    for (const order of list?.order ?? []) {
      const query = { where: null, order, first: 1, after: null };
      calls.push([`list(${entity}) ${order}`, () => session.list(entity, query)]);
    }
    if (count) calls.push([`count(${entity})`, () => session.count(entity)]);
  }
  for (const relation of RELATION_NAMES) {
    const { list, count } = session.relation(relation) ?? {};
    const parents = [relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0'];
    for (const wanted of list?.order ?? []) {
      const query = { where: null, order: wanted, first: 1, after: null };
      const ask = () => session.related(relation, RELATION_TARGETS[relation], parents, query);
      calls.push([`${relation} ${wanted}`, ask]);
    }
    if (count) calls.push([`count(${relation})`, () => session.countBelow(relation, parents)]);
  }
  return calls;
}

async function judge(what: string, ask: () => Promise<unknown>): Promise<Verdict> {
  try {
    const answer = await ask();
    const values = answer instanceof Map ? [...answer.values()] : [];
    const unsupported = values.find((value) => sourceCode(value) === 'SOURCE_UNSUPPORTED');
    return unsupported === undefined
      ? pass()
      : fail(`${what} is declared and not supported.`, { error: String(unsupported) });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (sourceCode(error) !== 'SOURCE_UNSUPPORTED') return pass();
    return fail(`${what} is declared and not supported.`, { error: String(error) });
  }
}
