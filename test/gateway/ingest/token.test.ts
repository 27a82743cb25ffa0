import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../gateway/ingest/submission.ts';
import { authorise, makeToken, secretKeys } from '../../../gateway/ingest/token.ts';

const SECRET = 'correct horse battery staple, thrice over';
const OLD = 'the secret of last year, still good for a while';
const KEYS = secretKeys([SECRET, OLD]);
const now = () => Math.floor(Date.now() / 1000);

function signed(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }, secret = SECRET): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function refusal(token: string | null, keys = KEYS): Promise<Refusal> {
  const error = await authorise(token, keys, false).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error('The token was accepted.');
  // Whatever is wrong with it, a token is never shown.
  if (token !== null && token.length > 10) expect(error.message).not.toContain(token.slice(-10));
  return error;
}

describe('a token is accepted', () => {
  it('for the origin it names, for several, and for all', async () => {
    const expires = now() + 60;
    expect(await authorise(await makeToken(['acme'], expires, SECRET), KEYS, false)).toEqual({ origins: ['acme'] });
    expect(await authorise(await makeToken(['acme', '0dayci'], expires, SECRET), KEYS, false)).toEqual({
      origins: ['acme', '0dayci'],
    });
    expect(await authorise(await makeToken(['*'], expires, SECRET), KEYS, false)).toEqual({ origins: null });
    expect(await authorise(signed({ origins: ['a', '*'], exp: expires }), KEYS, false)).toEqual({ origins: null });
  });

  it('as other makers of tokens write it', async () => {
    const token = signed({ exp: now() + 60, origin: 'acme', iss: 'somebody', extra: [1] }, { alg: 'HS256' });
    expect(await authorise(token, KEYS, false)).toEqual({ origins: ['acme'] });
  });

  it('signed by any of the secrets', async () => {
    const token = await makeToken(['acme'], now() + 60, OLD);
    expect(await authorise(token, KEYS, false)).toEqual({ origins: ['acme'] });
    expect((await refusal(token, secretKeys([SECRET]))).message).toMatch(/signature is wrong/);
  });

  it('while the clocks differ by less than 30 seconds', async () => {
    const claims = { origin: 'acme', exp: now() - 20, nbf: now() + 20, iat: now() + 20 };
    expect(await authorise(signed(claims), KEYS, false)).toEqual({ origins: ['acme'] });
  });
});

describe('a token is refused', () => {
  const exp = now() + 60;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cases: readonly (readonly [string, () => string | Promise<string>, RegExp])[] = [
    ['expired', () => signed({ origin: 'acme', exp: 1_700_000_000 }), /expired at 2023-11-14T22:13:20Z: ask/],
    ['expired by more than the tolerance', () => signed({ origin: 'acme', exp: now() - 40 }), /expired/],
    ['without an expiry', () => signed({ origin: 'acme' }), /no "exp"/],
    ['with an expiry that is no number', () => signed({ origin: 'acme', exp: 'never' }), /"exp"/],
    ['not valid yet', () => signed({ origin: 'acme', exp, nbf: now() + 50 }), /not valid yet/],
    ['issued in the future', () => signed({ origin: 'acme', exp, iat: now() + 50 }), /issued in the future/],
    ['forged', () => signed({ origin: 'acme', exp }, undefined, 'a guess'), /signature is wrong/],
    [
      'changed',
      () =>
        signed({ origin: 'acme', exp }).replace(
          /^([^.]+\.)[^.]+/,
          `$1${Buffer.from(`{"origin":"*","exp":${exp}}`).toString('base64url')}`,
        ),
      /signature is wrong/,
    ],
    ['unsigned', () => `${signed({ origin: 'acme', exp }, { alg: 'none' }).replace(/[^.]+$/, '')}`, /./],
    ['of no algorithm but signed', () => signed({ origin: 'acme', exp }, { alg: 'none' }), /HS256/],
    ['of another length of hash', () => signed({ origin: 'acme', exp }, { alg: 'HS512' }), /HS256/],
    [
      'of a key pair',
      () => new SignJWT({ origin: 'acme', exp }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
      /HS256/,
    ],
    ['without an origin', () => signed({ exp }), /names no origin/],
    ['with an empty list of origins', () => signed({ origins: [], exp }), /names no origin/],
    ['with an origin that is none', () => signed({ origin: 'Acme Inc.', exp }), /cannot be one/],
    ['with an origin that is no text', () => signed({ origin: 7, exp }), /cannot be one/],
    ['with null', () => signed({ origin: null, exp }), /cannot be one/],
    ['that is no token', () => 'nonsense', /no JSON Web Token/],
    ['of endless length', () => 'a.'.repeat(100_000), /longer than/],
  ];
  it.each(cases)('%s', async (_what, make, message) => {
    const error = await refusal(await make());
    expect(error.code).toBe('UNAUTHENTICATED');
    expect(error.message).toMatch(message);
  });

  it('that is not there, with how to send one', async () => {
    expect(await refusal(null)).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/Bearer TOKEN/),
    });
  });
});

it('an open instance takes documents without a token, and still judges one that is sent', async () => {
  expect(await authorise(null, [], true)).toEqual({ origins: null });
  expect(await authorise(null, KEYS, true)).toEqual({ origins: null });
  await expect(authorise('nonsense', KEYS, true)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('without a secret, submission is off and says so', async () => {
  await expect(authorise('x.y.z', [], false)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringMatching(/off/),
  });
});

it.each(['', '   '])('the secret %j is refused', (secret) => {
  expect(() => secretKeys([secret])).toThrow(/must not be empty/);
});
