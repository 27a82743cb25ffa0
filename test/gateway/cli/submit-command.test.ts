import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../../gateway/cli/command.ts';
import { submit } from '../../../gateway/cli/submit.ts';
import { token } from '../../../gateway/cli/token.ts';
import { startGateway, temporaryFolder } from '../../support/gateway-process.ts';
import { usePostgres } from '../../support/postgres.ts';
import { documentOfTests } from '../ingest/documents.ts';
import { rowsOf } from '../ingest/open-door.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/kcigraph.js', import.meta.url));
const SECRET = 'a secret of the tests that is long enough';

const postgres = usePostgres();
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  url = await postgres.migrated();
  const config = `sources: { native: { adapter: postgres, url: "${url}" } }\nsubmit: { into: native, jwtSecret: "${SECRET}" }\n`;
  await writeFile(join(folder, 'kcigraph.yaml'), config);
  await writeFile(join(folder, 'good.json'), JSON.stringify(documentOfTests(3, 'acme')));
  await writeFile(join(folder, 'other.json'), JSON.stringify(documentOfTests(2, 'other')));
  await writeFile(join(folder, 'bad.json'), JSON.stringify(documentOfTests(2, 'acme', { status: 'GOOD' })));
  await writeFile(join(folder, 'half.json'), JSON.stringify(documentOfTests(3, 'acme')).slice(0, 100));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function kcigraph(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: folder, env: { ...process.env, ...options.env } });
  child.stdin.end(options.input ?? '');
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, errors, code: Number(code) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
  return address.port;
}

const countOf = async (origin: string) =>
  (await rowsOf(url, `SELECT count(*)::int AS n FROM tests WHERE origin = '${origin}'`))[0]?.n;

describe('kcigraph submit', () => {
  it('loads files of all origins, and says so of each and in sum', async () => {
    const { out, errors, code } = await kcigraph(['submit', 'good.json', 'other.json']);
    expect(errors).toBe('');
    expect(out.split('\n')[0]).toBe(`Configuration: ${join(folder, 'kcigraph.yaml')}.`);
    expect(out).toMatch(/good\.json: .*3 new.*Receipt \w{32}\.\nother\.json: .*2 new.*\n2 of 2 documents stored\.\n/);
    expect(code).toBe(0);
    expect([await countOf('acme'), await countOf('other')]).toEqual([3, 2]);
  });

  it('goes on behind a file that is refused or not there, and shows every fault', async () => {
    const { out, errors, code } = await kcigraph(['submit', 'bad.json', 'half.json', 'nowhere.json', '.', 'good.json']);
    expect(errors).toMatch(
      /bad\.json: not stored\. 2 faults:\n {2}\/tests\/0\/status \(enum\): .*FAIL, ERROR.* \["GOOD"\]/,
    );
    expect(errors).toMatch(/half\.json: not stored\. 1 fault:\n.*cut off/);
    expect(errors).toMatch(/nowhere\.json: not stored\. There is no such file\./);
    expect(errors).toMatch(/\.: not stored\. It is a folder/);
    expect(out).toMatch(/good\.json: .*3 unchanged/);
    expect(out).toMatch(/1 of 5 documents stored, 4 not\.\n$/);
    expect(code).toBe(1);
  });

  it('tells which objects belong to another origin, into the store and through a gateway alike', async () => {
    const foreign = documentOfTests(3, 'intruder', { id: 'acme:theirs' });
    await writeFile(join(folder, 'owner.json'), JSON.stringify(documentOfTests(1, 'acme', { id: 'acme:theirs' })));
    await writeFile(join(folder, 'foreign.json'), JSON.stringify(foreign));
    expect((await kcigraph(['submit', 'owner.json'])).code).toBe(0);
    const said = /foreign\.json: .* acme:theirs belongs to another origin: what the document says of it is recorded/;
    expect((await kcigraph(['submit', 'foreign.json'])).out).toMatch(said);
    const gateway = await startGateway({ folder });
    try {
      const { out: token } = await kcigraph(['token', '--origin', 'intruder']);
      const env = { KCIGRAPH_TOKEN: token.trim() };
      expect((await kcigraph(['submit', 'foreign.json', '--to', gateway.url], { env })).out).toMatch(said);
    } finally {
      await gateway.stop();
    }
  }, 60_000);

  it('reads standard input', async () => {
    const { out, code } = await kcigraph(['submit', '-'], { input: JSON.stringify(documentOfTests(1, 'piped')) });
    expect(out).toMatch(/standard input: .*1 new/);
    expect(code).toBe(0);
    expect(await countOf('piped')).toBe(1);
  });

  it('shows what a server answers without obeying it, and without the secrets in it', async () => {
    const evil = '\u001b]0;title\u0007\u009b31m\r\nforged: stored. https://me:hunter2@host';
    const fault = { path: evil, rule: evil, message: evil, value: evil };
    const answers = [
      { status: 400, body: JSON.stringify({ id: '0', message: evil, errors: [fault] }) },
      { status: 503, body: JSON.stringify({ id: '0', message: evil }) },
      { status: 502, body: evil },
      { status: 200, body: JSON.stringify({ id: evil, message: evil }) },
    ];
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const { status, body } = answers.shift() ?? { status: 500, body: '' };
        response.writeHead(status).end(body);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const to = `http://127.0.0.1:${portOf(server)}`;
      const names = ['good.json', 'good.json', 'good.json', 'good.json', 'nowhere\u009b31m.json'];
      const { out, errors } = await kcigraph(['submit', ...names, '--to', to]);
      expect(errors.split('\n')).toHaveLength(6);
      expect(out.split('\n')).toHaveLength(3);
      for (const text of [out, errors]) expect(text).not.toMatch(/[^\n\P{Cc}]|hunter2/u);
      expect(out).toContain('\\u009b31m');
    } finally {
      server.close();
    }
  });

  it.each([
    [[], /needs a file/],
    [['-', '-'], /only once/],
    [['good.json', '--to', 'nowhere'], /--to takes the URL of a gateway/],
    [['good.json', '--to', 'http://me:secret@localhost'], /KCIGRAPH_TOKEN/],
    [['good.json', '--to', 'http//me:secret@localhost'], /--to takes the URL of a gateway/],
  ])('%j is a wrong command line', async (args, message) => {
    const error: unknown = await submit.run(parseArguments('submit', submit, args)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('secret');
  });
});

describe('kcigraph token', () => {
  it('makes a token by which its origin submits to a gateway elsewhere, and others do not', {
    timeout: 120_000,
  }, async () => {
    const gateway = await startGateway({ folder });
    try {
      const made = await kcigraph(['token', '--origin', 'distant', '--expires', '1h']);
      expect(made).toMatchObject({ code: 0, errors: `Configuration: ${join(folder, 'kcigraph.yaml')}.\n` });
      const env = { KCIGRAPH_TOKEN: made.out.trim() };
      const large = documentOfTests(2000, 'distant', { comment: 'x'.repeat(500) });
      await writeFile(join(folder, 'distant.json'), JSON.stringify(large));
      const { out, errors, code } = await kcigraph(['submit', 'distant.json', 'other.json', '--to', gateway.url], {
        env,
      });
      expect(out).toMatch(/distant\.json: .*2000 new/);
      expect(errors).toMatch(/other\.json: not stored\. 2 faults:\n {2}\/tests\/0\/origin \(origin\)/);
      expect(code).toBe(1);
      const without = await kcigraph(['submit', 'good.json', '--to', gateway.url], { env: { KCIGRAPH_TOKEN: '' } });
      expect(without.errors).toMatch(/good\.json: not stored\. 401: A token is needed.*KCIGRAPH_TOKEN/);
      const operator = await kcigraph(['token', '--origin', '*']);
      const all = await kcigraph(['submit', 'other.json', '--to', `${gateway.url}/submit`], {
        env: { KCIGRAPH_TOKEN: operator.out.trim() },
      });
      expect(all).toMatchObject({ code: 0, out: expect.stringMatching(/2 unchanged/) });
    } finally {
      await gateway.stop();
    }
    const gone = await kcigraph(['submit', 'good.json', '--to', gateway.url]);
    expect(gone.errors).toMatch(/cannot be reached/);
    expect(gone.code).toBe(1);
  });

  it.each([
    [[], /needs an origin/],
    [['--origin', 'Acme Inc.'], /lower-case letters/],
    [['--origin', 'acme', '--expires', 'soon'], /--expires takes a time/],
    [['--origin', 'acme', '--expires', '0d'], /--expires takes a time/],
  ])('%j is a wrong command line', async (args, message) => {
    const error: unknown = await token.run(parseArguments('token', token, args)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
  });
});
