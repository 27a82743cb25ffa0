import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Authority, Refusal } from './submission.ts';

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

/** Speaks for all origins. */
export const OPERATOR = '*';
/** An origin as KCIDB has it. */
const ORIGIN = /^[a-z0-9_]+$/;

/** Whether a text can stand in a token: an origin, or `*`. */
export function isOriginClaim(text: string): boolean {
  return text === OPERATOR || ORIGIN.test(text);
}

/**
 * Who a token speaks for.
 *
 * @param token null where none was sent
 * @param keys those that sign tokens; none: there are no tokens
 * @param open whether everybody may submit for everybody
 * @throws {Refusal} UNAUTHENTICATED, or FORBIDDEN where nobody may submit at all
 */
export async function authorise(token: string | null, keys: readonly Uint8Array[], open: boolean): Promise<Authority> {
  if (keys.length === 0) {
    if (open) return { origins: null };
    throw new Refusal('FORBIDDEN', 'Submission is off here: the operator has configured no secret for tokens.');
  }
  if (token === null || token === '') {
    if (open) return { origins: null };
    throw new Refusal('UNAUTHENTICATED', 'A token is needed: send it as "Authorization: Bearer TOKEN".');
  }
  return { origins: originsOf(await readToken(token, keys)) };
}

function originsOf(claims: JWTPayload): readonly string[] | null {
  const { origin, origins } = claims;
  const claimed: unknown[] = [origin === undefined ? [] : origin, origins === undefined ? [] : origins].flat();
  if (claimed.length === 0) {
    throw new Refusal(
      'UNAUTHENTICATED',
      'The token names no origin: it needs the claim "origin", or "origins" as a list.',
    );
  }
  const texts = claimed.filter((one) => typeof one === 'string');
  if (texts.length < claimed.length || !texts.every(isOriginClaim)) {
    const message =
      'The token names an origin that cannot be one: an origin has lower-case letters, digits and "_" only.';
    throw new Refusal('UNAUTHENTICATED', message);
  }
  return texts.includes(OPERATOR) ? null : [...new Set(texts)];
}
