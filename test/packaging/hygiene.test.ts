import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What belongs to a machine or to the making of a change, and not to the project. Written so as not to find itself. */
const FOREIGN = [
  String.raw`(?<![\w.:/-])/(?:wor[k]|roo[t]|home/\w+|User[s]/\w+)/`,
  String.raw`\b(?:TOD[O]|FIXM[E]|XX[X])\b`,
  'shared/DESIG[N]',
  '^<<<<<<[<] |^>>>>>>[>] ',
];

/** These write what kcigraph itself made (a token, a schema, names of its own), or use `printable` where they write. */
const OWN_WORDS = [
  'adapters/kit/conformance/conformance.ts',
  'examples/demo/console.ts',
  'examples/demo/demo.ts',
  'gateway/cli/console.ts',
  'gateway/cli/print-schema.ts',
  'gateway/cli/token.ts',
];

describe('the files of the project', () => {
  const made = /^(?:node_modules|dist|data|coverage|\.cache|\.git)$/;
  const files = globSync('{**,.ci/**}', { cwd: ROOT, withFileTypes: true, exclude: ({ name }) => made.test(name) })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.filter((file) => !/package-lock\.json$|\.(png|ico|woff2?|tgz)$/.test(file));

  it.each(FOREIGN)('hold nothing of the kind %s', (pattern) => {
    const foreign = new RegExp(pattern, 'm');
    expect(texts.filter((file) => foreign.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('write to a terminal by the one function that takes secrets and control characters out', () => {
    const raw = /process\.std(?:out|err)\.write\(|console\.(?:log|error|warn|info)\(/;
    const found = globSync('{gateway,adapters,examples/demo}/**/*.ts', { cwd: ROOT }).filter((file) =>
      raw.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(found.sort()).toEqual(OWN_WORDS);
  });

  it('are none of them large', () => {
    expect(files.filter((file) => !file.endsWith('package-lock.json') && statSync(file).size > 512 * 1024)).toEqual([]);
  });
});
