import {
  type Adapter,
  type Call,
  type Logger,
  RELATION_TARGETS,
  type RelationName,
} from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import type { Entities, EntityName } from '../../../adapters/model.ts';
import { AnswerFaults } from './answer-faults.ts';
import { checkCounts, checkFound, checkHealth, checkPages } from './check-answer.ts';
import { checkObject } from './check-object.ts';
import { checkPage } from './check-page.ts';
import { sourceFault } from './source-fault.ts';

/**
 * An adapter whose answers are as the contract says: what of them is not is left out or put right, and told as
 * SOURCE_BAD_DATA, so that the rest can be shown. It has no write side.
 */
export function checkedAdapter(adapter: Adapter, source: string, log: Logger): Required<Omit<Adapter, 'store'>> {
  // The columns of a store hold nothing else: looking at each value again would only cost time.
  const isTrusted = adapter.store !== undefined;
  const checkOf =
    <E extends EntityName>(entity: E, faults: AnswerFaults) =>
    (object: Entities[E]) =>
      isTrusted ? object : checkObject<E>(entity, object, faults);
  const asFault = (call: string) => (fault: unknown) => sourceFault(fault, source, call, log);

  async function check<T>(name: string, call: Call, run: (call: Call, faults: AnswerFaults) => Promise<T>): Promise<T> {
    const warn = (fault: unknown) => call.warn(sourceFault(fault, source, name, log));
    const checked = { ...call, warn };
    const faults = new AnswerFaults(checked, log, source, name);
    const answer = await run(checked, faults);
    faults.end();
    return answer;
  }

  return {
    // A plug-in that is loaded anew may declare others.
    get capabilities() {
      return adapter.capabilities;
    },
    start: () => adapter.start(),
    stop: () => adapter.stop(),
    health: async (call) => checkHealth(await adapter.health(call)),
    getMany: <E extends EntityName>(entity: E, keys: readonly string[], call: Call) =>
      check('getMany', call, async (within, faults) => {
        const answer = await adapter.getMany(entity, keys, within);
        return await checkFound<E>(entity, keys, answer, faults, checkOf<E>(entity, faults), asFault('getMany'));
      }),
    list: <E extends EntityName>(entity: E, query: Parameters<typeof adapter.list<E>>[1], call: Call) =>
      check('list', call, async (within, faults) => {
        const paging = adapter.capabilities.entities[entity]?.list?.paging ?? 'keyset';
        const page = await adapter.list(entity, query, within);
        return checkPage<E>({ entity, query, paging, check: checkOf<E>(entity, faults) }, page, faults);
      }),
    related: <R extends RelationName>(
      relation: R,
      parents: readonly string[],
      query: Parameters<typeof adapter.related<R>>[2],
      call: Call,
    ) =>
      check('related', call, async (within, faults) => {
        const entity = RELATION_TARGETS[relation];
        const paging = adapter.capabilities.relations[relation]?.paging ?? 'keyset';
        const pages = await adapter.related(relation, parents, query, within);
        const asked = { entity, query, paging, check: checkOf(entity, faults) };
        return await checkPages(parents, asked, pages, faults, asFault('related'));
      }),
    count: (subject, call) =>
      check('count', call, async (within, faults) => {
        // The method is called on its adapter each time, since it may be one of a class.
        if (adapter.count === undefined) throw new SourceError('SOURCE_UNSUPPORTED', 'The source cannot count.');
        return await checkCounts(subject, await adapter.count(subject, within), faults, asFault('count'));
      }),
  };
}
