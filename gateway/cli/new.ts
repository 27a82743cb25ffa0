import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, CommandError, packageVersion, UsageError } from './command.ts';
import { print } from './console.ts';

const TEMPLATE = fileURLToPath(new URL('../../adapters/template', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 60;

/** `kcigraph new NAME`: starts an adapter as a copy of the template. */
export const newAdapter: Command = {
  summary: 'Begin an adapter of your own, as a copy of the template.',
  operands: 'NAME',
  flags: {},
  details: `
It makes the folder NAME in the working directory. It works at once: it serves KCIDB documents, as the adapter "file" does.
docs/adapters.md explains how to make it the adapter of your system.`,
  async run(args) {
    const [name, ...others] = args.positionals;
    if (name === undefined || others.length > 0)
      throw new UsageError('"kcigraph new" takes one name: kcigraph new NAME.');
    if (!NAME.test(name) || name.length > MAX_NAME) {
      const rule = `lower-case letters, digits and single "-", a letter first, at most ${MAX_NAME}`;
      throw new UsageError(`An adapter is named by ${rule}, and not "${name.slice(0, MAX_NAME)}".`);
    }
    const folder = resolve(name);
    await makeFolder(folder, name);
    for (const file of await templateFiles()) await copyFile(file, folder, name);
    for (const [file, text] of Object.entries(projectFiles(name))) await writeFile(join(folder, file), text);
    print(nextSteps(name));
    return 0;
  },
};

async function makeFolder(folder: string, name: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'EEXIST' ? 'is there already' : `cannot be made (${code})`;
    throw new CommandError(`The folder ${name} ${reason}: nothing was changed.`);
  }
}

/** The sources of the template: what a build made of them stays behind. */
async function templateFiles(): Promise<readonly string[]> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && (/(?<!\.d)\.ts$/.test(entry.name) || entry.name === 'README.md'))
    .map((entry) => relative(TEMPLATE, join(entry.parentPath, entry.name)))
    .sort();
}

/** In a copy the kit is a package, and the adapter bears its own name. */
async function copyFile(file: string, folder: string, name: string): Promise<void> {
  const target = join(folder, file);
  if (!file.endsWith('.ts')) return await cp(join(TEMPLATE, file), target);
  const text = await readFile(join(TEMPLATE, file), 'utf8');
  await mkdir(join(target, '..'), { recursive: true });
  await writeFile(
    target,
    text
      .replaceAll(/'(?:\.\.\/)+kit\/author\.ts'/g, "'kcigraph/adapter'")
      .replaceAll("name: 'file',", `name: '${name}',`),
  );
}

function nextSteps(name: string): string {
  return `${name}/ is an adapter that works: it serves KCIDB documents from a folder, a file or a URL.
To try it, name it in kcigraph.yaml:

  sources:
    ${name}: { adapter: "./${name}/adapter.ts", path: "./documents" }

  npx kcigraph check ${name}     runs the conformance suite against it
  npx kcigraph serve${' '.repeat(name.length)}      serves it; restart it when the code has changed

docs/adapters.md explains how to make it the adapter of your system.
`;
}

/** What lies beside the copied template: a package that can be tested, compiled and published. */
export function projectFiles(name: string): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      name: `kcigraph-adapter-${name}`,
      version: '0.1.0',
      private: true,
      type: 'module',
      exports: { types: './dist/adapter.d.ts', default: './dist/adapter.js' },
      files: ['dist', '!dist/**/*.test.*'],
      scripts: { build: 'tsc --project .', test: 'vitest run' },
      peerDependencies: { kcigraph: `^${packageVersion()}` },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'esnext',
        lib: ['esnext'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        noUncheckedIndexedAccess: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: true,
        skipLibCheck: true,
        declaration: true,
        rootDir: '.',
        outDir: 'dist',
      },
      include: ['**/*.ts'],
      exclude: ['dist', 'node_modules'],
    }),
    'conformance.test.ts': CONFORMANCE_TEST,
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** It tests the template as it is copied; the author replaces the document by a system. */
const CONFORMANCE_TEST = `import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConformance, type OpenSubject, openSubject } from 'kcigraph/conformance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapter } from './adapter.ts';

const START = '2026-03-01T10:00:00Z';
const DOCUMENT = {
  version: { major: 5, minor: 3 },
  checkouts: [
    { id: 'acme:c1', origin: 'acme', git_commit_hash: '5e1f0a7c2b9d4e6f8a0b1c2d3e4f5a6b7c8d9e0f', start_time: START },
  ],
  builds: [{ id: 'acme:b1', origin: 'acme', checkout_id: 'acme:c1', architecture: 'arm64', status: 'PASS' }],
  tests: [1, 2, 3].map((n) => ({
    id: \`acme:t\${n}\`,
    origin: 'acme',
    build_id: 'acme:b1',
    path: 'boot',
    status: n === 2 ? 'FAIL' : 'PASS',
    start_time: START,
  })),
};

let folder: string;
let subject: OpenSubject;
afterAll(async () => {
  await subject.close();
  await rm(folder, { recursive: true });
});

describeConformance({ describe, it, beforeAll }, 'the adapter contract', async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  await writeFile(join(folder, 'documents.json'), JSON.stringify(DOCUMENT));
  subject = await openSubject(adapter, { path: folder });
  return subject;
});
`;
