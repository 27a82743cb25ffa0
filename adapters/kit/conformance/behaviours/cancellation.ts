import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { absentKey, declaredRelations, keyOf, listing, type Sampler, someParents } from '../sampler.ts';
import { type CallOptions, type Session, Stopped } from '../session.ts';

const TRIES = 6;
const PROMPT_MS = 2000;
/** An answer so soon after the abort was on its way already. */
const ANSWER_ON_ITS_WAY_MS = 100;

export const cancellation: Behaviour = {
  name: 'cancellation',
  promise: 'A call that is aborted ends at once, and so do its upstream requests; no new ones begin.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const [name, ask] of await callsOf(session, data))
      parts.push([name, await outcomeOf(() => check(session, ask))]);
    return combine(parts);
  },
};

type Ask = (options: CallOptions) => Promise<unknown>;

/** A list, a look-up in several requests, and a relation: one of each is enough. */
async function callsOf(session: Session, data: Sampler): Promise<readonly (readonly [string, Ask])[]> {
  const calls: (readonly [string, Ask])[] = [];
  for (const entity of ENTITY_NAMES) {
    const { list, get } = session.entity(entity) ?? {};
    const { items, order } = await data.sample(entity);
    if (list && order !== null && items.length > 0 && !calls.some(([name]) => name.startsWith('list'))) {
      const size = Math.min(list.maxPage, 100);
      calls.push([`list(${entity})`, (options) => listing(session, entity, { order }, options)(null, size)]);
    }
    const [item] = items;
    if (get && item !== undefined && !calls.some(([name]) => name.startsWith('get'))) {
      const key = keyOf(entity, item.object);
      const absent = Array.from({ length: Math.min(3 * get.maxKeys, 3000) }, (_, number) =>
        absentKey(item.object.id, number),
      );
      calls.push([`get(${entity})`, (options) => session.get(entity, [key, ...absent], options)]);
    }
  }
  for (const [relation, target] of declaredRelations(session)) {
    const list = session.relation(relation)?.list;
    const [order] = list?.order ?? [];
    const parents = await someParents(data, relation, 20);
    if (order === undefined || parents.length === 0 || calls.length > 2) continue;
    const query = { where: null, order, first: Math.min(list?.maxPage ?? 1, 100), after: null };
    calls.push([relation, (options) => session.related(relation, target, parents, query, options)]);
  }
  return calls;
}

async function check(session: Session, ask: Ask): Promise<Outcome> {
  const early = await abortedBefore(session, ask);
  if (early.afterAbort > 0) {
    return fail('A call that was aborted before it began asked upstream.', { requests: early.afterAbort });
  }
  let answeredAfterMs = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const outcome = await abortedMidway(session, ask);
    if (outcome.late) return fail('A call goes on long after it was aborted.', { promptMs: PROMPT_MS });
    if (outcome.afterAbort > 0) {
      return fail('A call asked further upstream after it was aborted.', { requests: outcome.afterAbort });
    }
    if (outcome.activeAfter > 0) return fail('An upstream request goes on after its call was aborted.');
    if (outcome.rejected) return pass();
    if (outcome.wasUnderWay) answeredAfterMs = Math.max(answeredAfterMs, Math.round(outcome.ms));
  }
  // Now and then an answer had left the source before the abort; each time it had not.
  if (answeredAfterMs > ANSWER_ON_ITS_WAY_MS) {
    return fail('A call that was aborted midway is answered each time.', { msAfterAbort: answeredAfterMs });
  }
  return early.rejected ? pass() : skipped('The source answers too quickly to be interrupted.');
}

async function abortedBefore(session: Session, ask: Ask) {
  const before = session.subject.upstream?.answered ?? 0;
  const { rejected } = await settled(ask({ signal: AbortSignal.abort() }));
  return { rejected, afterAbort: (session.subject.upstream?.answered ?? 0) - before };
}

async function abortedMidway(session: Session, ask: Ask) {
  const meter = session.subject.upstream;
  const controller = new AbortController();
  const before = meter?.started ?? 0;
  let wasUnderWay = true;
  const asked = settled(ask({ signal: controller.signal })).finally(() => {
    wasUnderWay = controller.signal.aborted;
  });
  // It is awaited below; until then nobody would take what it ends with.
  asked.catch(() => undefined);
  // Without a meter a turn of the event loop is all that can be waited for.
  for (let turn = 0; turn < 50 && wasUnderWay; turn++) {
    await nextTurn();
    if (meter === undefined || meter.started > before) break;
  }
  // Those under way may still be answered; more answers are of requests that began later.
  const expected = (meter?.answered ?? 0) + (meter?.active ?? 0);
  controller.abort();
  const start = performance.now();
  const outcome = await Promise.race([asked, delay(PROMPT_MS, null, { ref: false })]);
  const ms = performance.now() - start;
  // A request that was stopped may need a moment to say so.
  for (let wait = 0; wait < 40 && (meter?.active ?? 0) > 0; wait++) await delay(25);
  const afterAbort = Math.max(0, (meter?.answered ?? 0) - expected);
  const activeAfter = meter?.active ?? 0;
  return { late: outcome === null, rejected: outcome?.rejected ?? false, wasUnderWay, ms, afterAbort, activeAfter };
}

async function settled(call: Promise<unknown>): Promise<{ readonly rejected: boolean }> {
  try {
    await call;
    return { rejected: false };
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return { rejected: true };
  }
}
