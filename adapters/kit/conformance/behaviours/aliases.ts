import { type Behaviour, fail, pass, skipped } from '../report.ts';

export const aliases: Behaviour = {
  name: 'aliases',
  promise: 'An object asked for by another of its names lies under that name, with its own id.',
  async run(session) {
    const known = session.subject.aliases ?? [];
    if (known.length === 0) return skipped('No other names were handed over.');
    for (const { entity, alias, id } of known) {
      const found = (await session.get(entity, [alias])).get(alias);
      if (found instanceof Error) return fail('There is an error for another name.', { alias, error: String(found) });
      const got = found !== undefined && 'object' in found ? found.object.id : null;
      if (got !== id) return fail('The other name does not find the object.', { entity, alias, id, got });
    }
    return pass();
  },
};
