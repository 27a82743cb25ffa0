// `npm ci` refuses a lock file that lacks an optional package of another platform, and `npm install` leaves such a package out
// where the registry at hand does not have it. This puts them in, by name, version and platform; `--check` only looks.
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const PACKAGE = z.looseObject({
  version: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  dev: z.boolean().optional(),
});
const LOCK = z.looseObject({ packages: z.record(z.string(), PACKAGE) });
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const file = new URL('../package-lock.json', import.meta.url);
const text = JSON.parse(readFileSync(file, 'utf8'));
const lock = LOCK.parse(text);
const missing = new Map<string, z.infer<typeof PACKAGE>>();
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (!isThere(path, name))
      missing.set(`node_modules/${name}`, { version, ...platformOf(name), ...(dev && { dev }), optional: true });
  }
}
if (process.argv.includes('--check')) {
  if (missing.size > 0)
    process.stderr.write(
      `package-lock.json lacks ${[...missing.keys()].join(', ')}: run "node bin/runtime.js scripts/complete-lock.ts".\n`,
    );
  process.exitCode = missing.size === 0 ? 0 : 1;
} else {
  // zod sorts the keys that it knows to the front; the file keeps its own order.
  const packages = Object.entries(text.packages);
  const sorted = [...packages.slice(1), ...missing].sort(([a], [b]) => (a < b ? -1 : 1));
  text.packages = Object.fromEntries([...packages.slice(0, 1), ...sorted]);
  writeFileSync(file, `${JSON.stringify(text, null, 2)}\n`);
}

/** As Node looks for it: below the package that asks, then below each folder above. */
function isThere(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

/** Packages of one platform bear it in their names. */
function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const parts = name.split(/[/-]/).map((part) => (part === 'windows' ? 'win32' : part));
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const cpu = PROCESSORS.filter((processor) => parts.includes(processor));
  const libc = os.includes('linux')
    ? parts.some((part) => part.startsWith('musl'))
      ? ['musl']
      : parts.some((part) => part.startsWith('gnu'))
        ? ['glibc']
        : []
    : [];
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...(libc.length > 0 && { libc }) };
}
