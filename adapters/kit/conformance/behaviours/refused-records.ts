import { type Behaviour, fail, pass, refusedSentence } from '../report.ts';
import { refusedRecords } from '../session.ts';

export const mostlyRefused: Behaviour = {
  name: 'refused-records',
  promise: 'Fewer records of the source are refused (warnings with SOURCE_BAD_DATA) than become objects.',
  async run(session, data) {
    // Without the other behaviours nothing was read yet.
    await data.sampleAll();
    const sentence = refusedSentence(session.seen);
    if (sentence === null) return pass();
    const objects = session.seen.given.size;
    if (refusedRecords(session.seen).length <= objects) return pass(sentence);
    return fail('The adapter refuses most records of the source.', { refused: sentence, objects });
  },
};
