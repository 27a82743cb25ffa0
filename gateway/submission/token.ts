import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { Refusal } from './submission-door.ts';

const ALGORITHM = 'HS256';
/** Seconds by which the clocks of a CI system and of the gateway may differ. */
const CLOCK_TOLERANCE = 30;
/** Far longer than a token of thousands of origins; longer ones are not looked at. */
const MAX_TOKEN_LENGTH = 64 * 1024;

/**
 * The secrets that tokens are signed with, as keys; the first signs, all are accepted.
 *
 * @throws {Error} where one is empty: with it, anybody could sign.
 */
export function secretKeys(secrets: readonly string[]): readonly Uint8Array[] {
  return secrets.map((secret) => {
    if (secret.trim() === '') throw new Error('The secret of submission tokens (submit.jwtSecret) must not be empty.');
    return new TextEncoder().encode(secret);
  });
}

/**
 * Makes a token by which a CI system submits.
 *
 * @param origins whose objects it may send; `*` for everybody's
 * @param expires in seconds since the epoch
 */
export async function makeToken(origins: readonly string[], expires: number, secret: string): Promise<string> {
  const [origin] = origins;
  const [key] = secretKeys([secret]);
  if (origin === undefined || key === undefined) throw new Error('A token needs an origin and a secret.');
  return await new SignJWT(origins.length === 1 ? { origin } : { origins: [...origins] })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
}

/**
 * The claims of a token that one of the secrets signed and that is valid now. What is thrown never shows the token.
 *
 * @throws {Refusal} UNAUTHENTICATED
 */
export async function readToken(token: string, keys: readonly Uint8Array[]): Promise<JWTPayload> {
  if (token.length > MAX_TOKEN_LENGTH) throw unauthenticated(`It is longer than ${MAX_TOKEN_LENGTH} characters.`);
  let reason = 'No secret is configured that could have signed it.';
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp'],
      });
      if (isIssuedLater(payload)) throw unauthenticated('It says that it was issued in the future: check the clock.');
      return payload;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      reason = reasonOf(error);
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
    }
  }
  throw unauthenticated(reason);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    return `It expired${typeof exp === 'number' ? ` at ${timeText(exp)}` : ''}: ask the operator for a new one.`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'Its signature is wrong: it was not issued for this gateway.';
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return `It must be signed by ${ALGORITHM}.`;
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'It is not valid yet: check the clock.';
    if (error.claim === 'exp') return 'It has no "exp", the time at which it expires.';
    return `Its claim "${error.claim}" is not right.`;
  }
  return 'It is no JSON Web Token.';
}

function isIssuedLater({ iat }: JWTPayload): boolean {
  return iat !== undefined && (typeof iat !== 'number' || iat > Date.now() / 1000 + CLOCK_TOLERANCE);
}

function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? 'a time long past' : `${time.toISOString().slice(0, 19)}Z`;
}

function unauthenticated(reason: string): Refusal {
  return new Refusal('UNAUTHENTICATED', `The token is not accepted. ${reason}`);
}
