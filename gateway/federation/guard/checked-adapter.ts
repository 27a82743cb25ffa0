import {
  type Adapter,
  type Call,
  type EntitySource,
  type Logger,
  mapEntities,
  mapRelations,
  type PageQuery,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationTarget,
} from '../../../adapters/contract/adapter.ts';
import type { Filter } from '../../../adapters/contract/filter.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { AnswerFaults, sourceFault } from './answer-faults.ts';
import {
  checkCount,
  checkCounts,
  checkFound,
  checkHealth,
  checkObject,
  checkPage,
  checkPages,
} from './check-answer.ts';

/**
 * An adapter whose answers are as the contract says: what of them is not is left out or put right, and reported as
 * SOURCE_BAD_DATA, so that the rest can be shown.
 */
export function checkedAdapter(adapter: Adapter, source: string, log: Logger): Adapter {
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

  function checkedEntity<E extends EntityName>(asked: EntitySource<E>, entity: E): EntitySource<E> {
    const { get, list, count } = asked;
    return {
      ...asked,
      ...(get === undefined ? {} : { get: { ...get, read: readKeys } }),
      ...(list === undefined ? {} : { list: { ...list, read: readList } }),
      ...(count === undefined ? {} : { count: { ...count, read: readCount } }),
    };

    function readKeys(keys: readonly string[], call: Call) {
      return check('get', call, async (within, faults) => {
        // Each handler is called on its own object, since it may be a method.
        const answer = await asked.get!.read(keys, within);
        return await checkFound<E>(entity, keys, answer, faults, checkOf<E>(entity, faults), asFault('get'));
      });
    }
    function readList(query: PageQuery<E>, call: Call) {
      return check('list', call, async (within, faults) => {
        const page = await asked.list!.read(query, within);
        return checkPage<E>(
          { entity, query, paging: asked.list!.paging, check: checkOf<E>(entity, faults) },
          page,
          faults,
        );
      });
    }
    function readCount(where: Filter<E> | null, call: Call, allVersions?: boolean) {
      return check('count', call, async (within) => checkCount(await asked.count!.read(where, within, allVersions)));
    }
  }

  function checkedRelation<R extends RelationName>(asked: RelationSource<R>, relation: R): RelationSource<R> {
    type E = RelationTarget<R>;
    const entity: E = RELATION_TARGETS[relation];
    const { list, count } = asked;
    return {
      ...asked,
      ...(list === undefined ? {} : { list: { ...list, read: readPages } }),
      ...(count === undefined ? {} : { count: { ...count, read: readCounts } }),
    };

    function readPages(parents: readonly string[], query: PageQuery<E>, call: Call) {
      return check('related', call, async (within, faults) => {
        const pages = await asked.list!.read(parents, query, within);
        const about = { entity, query, paging: asked.list!.paging, check: checkOf<E>(entity, faults) };
        return await checkPages<E>(parents, about, pages, faults, asFault('related'));
      });
    }
    function readCounts(parents: readonly string[], where: Filter<E> | null, call: Call) {
      return check('count', call, async (within, faults) => {
        const answer = await asked.count!.read(parents, where, within);
        return await checkCounts(parents, answer, faults, asFault('count'));
      });
    }
  }

  return {
    entities: mapEntities(adapter.entities, checkedEntity),
    relations: mapRelations(adapter.relations, checkedRelation),
    start: () => adapter.start(),
    stop: () => adapter.stop(),
    health: async (call) => checkHealth(await adapter.health(call)),
    ...(adapter.store === undefined ? {} : { store: adapter.store }),
  };
}
