import { RELATION_TARGETS } from '../../../contract/adapter.ts';
import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, fail, type Outcome, pass } from '../report.ts';
import { type Session, Stopped, sourceCode } from '../session.ts';

const BROKEN = { expectsError: true };

export const errors: Behaviour = {
  name: 'errors',
  promise:
    'What fails is a SourceError with a sentence, thrown, under its key, or as a warning; nothing else is thrown.',
  async run(session) {
    const broken = await checkBroken(session);
    if (broken.outcome === 'fail') return broken;
    // Judged last: it tells of all calls that the others made.
    const [first, ...others] = [...new Set(session.seen.strangeErrors)];
    if (first !== undefined)
      return fail('An error is no SourceError.', { error: first, also: others.slice(0, 5).join(' ') });
    return broken;
  },
};

async function checkBroken(session: Session): Promise<Outcome> {
  const breakSource = session.subject.breakSource;
  if (breakSource === undefined) return pass('the source could not be made to fail');
  const mend = await breakSource();
  try {
    for (const [what, ask] of calls(session)) {
      const outcome = await check(what, ask);
      if (outcome.outcome === 'fail') return outcome;
    }
    return pass();
  } finally {
    await mend();
  }
}

function calls(session: Session): readonly (readonly [string, () => Promise<unknown>])[] {
  const result: (readonly [string, () => Promise<unknown>])[] = [];
  for (const entity of ENTITY_NAMES) {
    const { get, list } = session.entity(entity) ?? {};
    const [order] = list?.order ?? [];
    if (get) result.push([`get(${entity})`, () => session.get(entity, ['absent:0'], BROKEN)]);
    if (order) {
      result.push([
        `list(${entity})`,
        () => session.list(entity, { where: null, order, first: 1, after: null }, BROKEN),
      ]);
    }
  }
  for (const relation of session.listedRelations) {
    const [order] = session.relation(relation)?.list?.order ?? [];
    if (order === undefined) continue;
    const parents = [relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0'];
    const query = { where: null, order, first: 1, after: null };
    result.push([relation, () => session.related(relation, RELATION_TARGETS[relation], parents, query, BROKEN)]);
  }
  return result;
}

async function check(what: string, ask: () => Promise<unknown>): Promise<Outcome> {
  try {
    // An answer that needed nothing from the source, or came from what is kept, is as good.
    await ask();
    return pass();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const code = sourceCode(error);
    if (code === null)
      return fail(`${what} throws what is no SourceError when the source is down.`, { error: String(error) });
    if (code === 'SOURCE_BAD_DATA') {
      return fail(`${what} says that the data is bad when the source is down.`, {
        error: `${code}: ${String(error)}`,
      });
    }
    return pass();
  }
}
