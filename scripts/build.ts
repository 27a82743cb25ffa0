// What `npm pack` ships: dist/ with the compiled files and, at the same places beside them, what they read by URL.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = `${root}node_modules/typescript/bin/tsc`;
// Types are for those who write adapters; nobody imports the gateway.
for (const project of ['tsconfig.build.json', 'tsconfig.types.json']) {
  const compiled = spawnSync(process.execPath, [tsc, '--project', `${root}${project}`], { stdio: 'inherit' });
  if (compiled.status !== 0) process.exit(compiled.status ?? 1);
}

const assets = globSync(['schema.graphql', '{gateway,adapters}/**/*.{sql,graphql,json,html,css,svg}'], { cwd: root });
// What the demo builds a database server from, where there is none.
assets.push(...globSync('examples/upstreams/mongodb/{build.sh,ferretdb/*}', { cwd: root }));
// `kcigraph new` copies the template as it was written.
assets.push(...globSync('adapters/template/**/*.{ts,md}', { cwd: root }));
for (const asset of assets) cpSync(`${root}${asset}`, `${root}dist/${asset}`);
process.stdout.write(`dist/: compiled, with ${assets.length} assets.\n`);
