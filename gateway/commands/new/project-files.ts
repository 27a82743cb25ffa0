import { packageVersion } from '../package-version.ts';

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

/** It judges the template as it is copied; the author puts the own system in the place of the document. */
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
