import type { Adapter } from '../../../contract/adapter.ts';
import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, fail, type Outcome, pass, skipped } from '../report.ts';
import { makeCall, Session, sourceCode } from '../session.ts';

export const startStop: Behaviour = {
  name: 'start-stop',
  promise:
    'An adapter starts, answers, and stops, each once or twice; afterwards calls end with a SourceError at most.',
  async run(session) {
    const { create } = session.subject;
    if (create === undefined) return skipped('No way to make one more adapter was handed over.');
    const adapter = await create();
    try {
      await adapter.start();
      await adapter.start();
    } catch (error) {
      return fail('start throws.', { error: String(error) });
    }
    const outcome = await checkStarted(session, adapter);
    try {
      await adapter.stop();
      await adapter.stop();
    } catch (error) {
      return fail('stop throws.', { error: String(error) });
    }
    if (outcome.outcome !== 'pass') return outcome;
    return checkStopped(session, adapter);
  },
};

async function checkStarted(session: Session, adapter: Adapter): Promise<Outcome> {
  const other = new Session({ ...session.subject, adapter }, session.budget);
  const entity = ENTITY_NAMES.find((name) => adapter.entities[name]?.list);
  const [order] = (entity && adapter.entities[entity]?.list?.order) ?? [];
  if (entity === undefined || order === undefined) return pass();
  const query = { where: null, order, first: 3, after: null };
  const [own, others] = [await session.list(entity, query), await other.list(entity, query)];
  if (own.pending === true || others.pending === true) return pass('The index of the source is still filling.');
  const [one, two] = [own, others].map(({ items }) => items.map(({ tie }) => tie).join(', '));
  return one === two ? pass() : fail('A second adapter of the same source answers otherwise.', { one, two });
}

async function checkStopped(session: Session, adapter: Adapter): Promise<Outcome> {
  const entity = ENTITY_NAMES.find((name) => adapter.entities[name]?.get);
  if (entity === undefined) return pass();
  try {
    await adapter.entities[entity]?.get?.read(
      ['absent:0'],
      makeCall(entity, {}, session.budget.callMs, () => {}),
    );
  } catch (error) {
    if (sourceCode(error) === null)
      return fail('A call after stop throws what is no SourceError.', { error: String(error) });
  }
  return pass();
}
