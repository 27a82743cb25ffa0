import { expect, it } from 'vitest';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { quietLog } from '../../support/federated-gateway.ts';
import { garden } from '../graphql/garden.ts';
import { ask, startServer } from './start-server.ts';

const SECRET_CAUSE = 'connect ECONNREFUSED 10.1.2.3:5432 at /srv/kcigraph/adapter.ts';

function broken() {
  const parts = garden();
  const fail = async () => {
    throw new Error(SECRET_CAUSE);
  };
  return new JitExecutor(
    buildSchema({ ...parts, resolvers: { ...parts.resolvers, Query: { ...parts.resolvers.Query, fails: fail } } }),
  );
}

it('a fault of ours shows its request id, and the log the rest', async () => {
  const lines: { requestId?: string; err?: Error }[] = [];
  await using server = await startServer({ executor: broken(), log: quietLog(lines) });
  for (let time = 0; time < 3; time++) {
    const { answer, headers } = await ask(server.url, '{ fails bed { name } }');
    const requestId = headers.get('x-request-id');
    expect(answer).toMatchObject({
      data: { fails: null, bed: { name: 'east' } },
      errors: [
        {
          message: `The gateway failed; its log tells why, under the request ${requestId}.`,
          path: ['fails'],
          extensions: { code: 'INTERNAL', requestId },
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toMatch(/ECONNREFUSED|stack|adapter\.ts/);
    expect(lines.find((line) => line.err !== undefined && line.requestId === requestId)?.err?.message).toBe(
      SECRET_CAUSE,
    );
  }
});

it('a fault of the executor itself is logged too', async () => {
  const lines: { err?: Error }[] = [];
  const { schema } = broken();
  const executor = { schema, execute: () => Promise.reject(new Error(SECRET_CAUSE)) };
  await using server = await startServer({ executor, log: quietLog(lines) });
  const { answer } = await ask(server.url, '{ bed { name } }');
  expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL' } }] });
  expect(JSON.stringify(answer)).not.toContain('ECONNREFUSED');
  expect(lines.flatMap(({ err }) => err?.message ?? [])).toEqual([SECRET_CAUSE]);
});

it('an operation of a kind that the schema lacks is a fault of the request, and none of ours', async () => {
  await using server = await startServer();
  const { status, answer } = await ask(server.url, 'subscription { beds { name } }');
  expect(status).toBe(400);
  expect(answer).toEqual({
    errors: [{ message: 'The schema has no subscription: ask by a query.', extensions: { code: 'BAD_USER_INPUT' } }],
  });
  const mutation = await ask(server.url, 'mutation { anything }', {}, 'application/json');
  expect([mutation.status, mutation.answer.errors?.[0]?.extensions]).toEqual([200, { code: 'BAD_USER_INPUT' }]);
});

it('the log has a line for each request, without what was asked or by which token', async () => {
  const lines: object[] = [];
  await using server = await startServer({ log: quietLog(lines) });
  await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ bed { name } }')}&sig=hidden`, {
    headers: { authorization: 'Bearer hidden-token', 'apollo-require-preflight': '1' },
  });
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toMatchObject({
    method: 'GET',
    path: '/graphql',
    status: 200,
    message: 'answered',
    client: '127.0.0.1',
  });
  expect(JSON.stringify(lines)).not.toMatch(/hidden|bed/);
});

it("a client's address comes from the proxy where it is trusted, and only there", async () => {
  for (const [trustProxy, client] of [
    [true, '203.0.113.9'],
    [false, '127.0.0.1'],
  ] as const) {
    const lines: object[] = [];
    await using server = await startServer({ log: quietLog(lines), config: { trustProxy } });
    await fetch(`${server.url}/health`, { headers: { 'x-forwarded-for': 'made up, 203.0.113.9' } });
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toMatchObject({ client });
  }
});
