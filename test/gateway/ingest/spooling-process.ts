// A gateway's door in a process of its own, which the test ends by kill -9: it says what was answered, line by line.
import { bodyOf, documentOfTests, NEVER } from './documents.ts';
import { openDoor } from './open-door.ts';

const [url = '', folder = '', name = '', tests = ''] = process.argv.slice(2);
const { door } = await openDoor(url, folder);
for (let round = 0; ; round++) {
  const origin = `${name}_${round}`;
  const document = documentOfTests(Number(tests), origin, { comment: 'x'.repeat(round % 2 === 0 ? 10 : 2000) });
  const { id } = await door.submitLater(bodyOf(document), { origins: [origin] }, NEVER);
  process.stdout.write(`${id} ${origin}\n`);
}
