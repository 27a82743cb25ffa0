import { CONTRACT, RELATION_TARGETS } from '../../../adapter.ts';
import { ENTITY_NAMES } from '../../../model.ts';
import type { Behaviour } from '../behaviour.ts';
import { capabilityFault } from '../capability-faults.ts';
import { isRelation } from '../sampler.ts';
import type { Session } from '../session.ts';
import { sourceCode } from '../source-fault.ts';
import { Stopped } from '../stopped.ts';
import { fail, pass, type Verdict } from '../verdict.ts';

export const capabilities: Behaviour = {
  name: 'capabilities',
  promise: `Capabilities are plain data by contract ${CONTRACT}, and what they declare is there.`,
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
  const { entities, relations } = session.adapter.capabilities;
  const calls: (readonly [string, () => Promise<unknown>])[] = [];
  for (const entity of ENTITY_NAMES) {
    const { get, list, count } = entities[entity] ?? {};
    if (get) calls.push([`getMany(${entity})`, () => session.getMany(entity, ['absent:0'])]);
    for (const order of list?.order ?? []) {
      const query = { where: null, order, first: 1, after: null };
      calls.push([`list(${entity}) ${order}`, () => session.list(entity, query)]);
    }
    if (count) calls.push([`count(${entity})`, () => session.count({ entity, where: null })]);
  }
  for (const relation of Object.keys(relations).filter(isRelation)) {
    const { order = [], count = null } = relations[relation] ?? {};
    const parents = [relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0'];
    for (const wanted of order) {
      const query = { where: null, order: wanted, first: 1, after: null };
      const ask = () => session.related(relation, RELATION_TARGETS[relation], parents, query);
      calls.push([`${relation} ${wanted}`, ask]);
    }
    if (count !== null) calls.push([`count(${relation})`, () => session.count({ relation, parents, where: null })]);
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
