import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '../../../../adapters/postgres/connection/pool.ts';
import { AnswerCheck } from '../../../../adapters/postgres/connection/protocol.ts';
import { SILENT } from '../../../support/open-store.ts';
import { usePostgres } from '../../../support/postgres.ts';
import { Random } from '../../../support/random.ts';

/** A server that answers whatever it is told with the same bytes. */
class Liar {
  says: Buffer = Buffer.alloc(0);
  readonly #server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(this.says));
  });

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    const address = this.#server.address();
    return `postgres://user:password@127.0.0.1:${typeof address === 'object' ? address?.port : 0}/x`;
  }

  close(): void {
    this.#server.close();
  }
}

const message = (code: string, body: string, length = body.length + 4): Buffer => {
  const head = Buffer.alloc(5);
  head.write(code);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
};

const liar = new Liar();
beforeAll(() => liar.listen());
afterAll(() => liar.close());

async function ask(): Promise<unknown> {
  const pool = openPool(liar.url, 1, 2_000, SILENT);
  try {
    return await pool.query('SELECT 1').then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    await pool.end();
  }
}

const LIES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a report without an end', message('E', 'lies')],
  ['a report whose last text has no end', message('E', 'Sno end')],
  ['a report without its last zero', message('E', 'SERROR\0')],
  ['an empty report', message('E', '')],
  ['a notice without an end', message('N', 'lies')],
  ['a message that is shorter than its own length', message('R', '', 1)],
  ['an authentication of too few bytes', message('R', '\0')],
  ['a row of too few bytes', message('D', '\0\x05')],
  ['rows before anything was asked', message('D', '\0\0')],
  ['key data of no bytes', message('K', '')],
];

describe('what does not speak as PostgreSQL', () => {
  it.each(LIES)('fails the statement alone: %s', async (_, bytes) => {
    liar.says = bytes;
    expect(await ask()).toBeInstanceOf(Error);
  });

  it('fails the statement alone, whatever it says', async () => {
    const random = new Random(11);
    for (let round = 0; round < 60; round += 1) {
      const code = random.pick([...'RESZDTCKNAtG1']);
      const body = Array.from({ length: random.below(24) }, () =>
        String.fromCharCode(random.below(random.pick([2, 256]))),
      );
      liar.says = message(code, body.join(''), random.chance(0.7) ? undefined : random.below(40));
      expect(await ask(), liar.says.toString('hex')).toBeInstanceOf(Error);
    }
  });
});

describe('what a server says', () => {
  const postgres = usePostgres();

  it('passes, reports included, however it is cut', async () => {
    const url = new URL(await postgres.empty());
    const said: Buffer[] = [];
    const client = new pg.Client({ connectionString: url.href });
    const { connection } = client;
    await client.connect();
    Reflect.get(connection, 'stream').on('data', (chunk: Buffer) => said.push(Buffer.from(chunk)));
    await client.query("DO $$ BEGIN RAISE NOTICE 'a word: %', repeat('x', 100000); END $$");
    await expect(client.query('SELECT 1/0')).rejects.toThrow('division by zero');
    await client.query("SELECT repeat('y', 70000) FROM generate_series(1, 50)");
    await client.end();
    const whole = Buffer.concat(said);
    expect(whole.length).toBeGreaterThan(3_000_000);
    const random = new Random(5);
    for (const most of [3, 700, 70_000]) {
      const check = new AnswerCheck();
      for (let at = 0; at < whole.length; ) {
        const end = at + 1 + random.below(most);
        check.see(whole.subarray(at, end));
        at = end;
      }
    }
    const pool = openPool(url.href, 1, 5_000, SILENT);
    await expect(pool.query('SELECT 1/0')).rejects.toThrow('division by zero');
    expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
    await pool.end();
  });
});
