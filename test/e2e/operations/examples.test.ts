import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../gateway/http/metrics.ts';
import { NO_SOURCES } from '../../gateway/graphql/request.ts';
import { TRUSTED } from '../../support/certificates.ts';
import { LAUNCHER, runCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';
import { exampleConfiguration, NGINX, wholeConfiguration } from '../../support/nginx/start-nginx.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = join(ROOT, 'examples/operations');
const example = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8');

/** A program that `install.sh` brings, or the system has; null, with a line that says so, where neither does. */
function tool(name: string, ...places: readonly string[]): string | null {
  const found = places.map((place) => (place.startsWith('/') ? place : join(ROOT, '.cache', place))).find(existsSync);
  if (found === undefined) console.log(`Not tested: what ${name} checks, since it is not there.`);
  return found ?? null;
}
const promtool = tool('promtool', 'prometheus/promtool', '/usr/bin/promtool');
const nginx = NGINX;
if (nginx === null) console.log('Not tested: what nginx checks, since it is not there.');
const hadolint = tool('hadolint', 'hadolint/bin/hadolint');
const systemd = tool('systemd-analyze', '/usr/bin/systemd-analyze');

/** What a program says, with its exit code. */
function said(program: string | null, args: readonly string[], cwd = EXAMPLES): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(program ?? 'false', args, { cwd, encoding: 'utf8' });
  return { code: status, text: `${stdout}${stderr}` };
}

describe('the examples for operators', () => {
  it.skipIf(promtool === null)('have alert rules that fire when they should, and a scrape configuration', () => {
    expect(said(promtool, ['test', 'rules', 'alerts.test.yml'])).toMatchObject({ code: 0 });
    expect(said(promtool, ['check', 'config', 'prometheus.yml'])).toMatchObject({ code: 0 });
  });

  it('have alert rules on figures that there are, each of which the document explains', async () => {
    const metrics = new Metrics();
    metrics.watch(NO_SOURCES);
    const names = [...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
    const used = [...example('alerts.yml').matchAll(/\bkcigraph_\w+/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(8);
    for (const name of used) expect(names).toContain(name.replace(/_(count|bucket|sum)$/, ''));
    const document = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    for (const name of names) expect(document).toContain(`\`${name.replace('kcigraph_', '')}\``);
  });

  it.skipIf(systemd === null)('have a unit that systemd takes', async () => {
    const unit = example('kcigraph.service').replaceAll('/opt/kcigraph/bin/kcigraph.js', LAUNCHER);
    expect(unit).toContain(LAUNCHER);
    const folder = await configFolder({ 'kcigraph.service': unit });
    expect(said(systemd, ['verify', join(folder, 'kcigraph.service')])).toEqual({ code: 0, text: '' });
    // Of 10, where 10 is a service that may do anything.
    const security = said(systemd, ['security', '--offline=true', '--threshold=25', join(folder, 'kcigraph.service')]);
    expect(security.code, security.text.split('\n').at(-2)).toBe(0);
  });

  it.skipIf(hadolint === null)('have a container file without a fault', () => {
    expect(said(hadolint, ['--no-color', 'Containerfile'])).toEqual({ code: 0, text: '' });
  });

  it.skipIf(nginx === null)('have a configuration that nginx takes', async () => {
    const folder = await configFolder({ 'cert.pem': TRUSTED.cert, 'key.pem': TRUSTED.key });
    const text = exampleConfiguration()
      .replace('/etc/ssl/kcigraph/fullchain.pem', join(folder, 'cert.pem'))
      .replace('/etc/ssl/kcigraph/privkey.pem', join(folder, 'key.pem'));
    const whole = wholeConfiguration(text, folder);
    await writeFile(join(folder, 'nginx.conf'), whole);
    const checked = said(nginx, ['-t', '-q', '-e', join(folder, 'log'), '-c', join(folder, 'nginx.conf')]);
    expect(checked).toEqual({ code: 0, text: '' });
  });

  it.each(['kcigraph.yaml', 'container.yaml'])('have the configuration %s', async (name) => {
    const folder = await configFolder({ 'jwt-secret': 'a secret of this test, long enough\n' });
    await mkdir(join(folder, 'data'));
    await copyFile(join(EXAMPLES, name), join(folder, 'kcigraph.yaml'));
    const env = {
      KCIGRAPH_DATABASE: 'postgres://kcigraph@127.0.0.1/kcigraph',
      KCIGRAPH_JWT_SECRET: 'a secret of this test, long enough',
    };
    const checked = await runCommand(['check'], folder, env);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
  });

  it('have scripts that a shell can read, each named in the document', () => {
    const document = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    for (const name of globSync('*', { cwd: EXAMPLES })) {
      expect(document).toContain(`examples/operations/${name}`);
      if (name.endsWith('.sh')) execFileSync('sh', ['-n', join(EXAMPLES, name)]);
    }
  });
});
