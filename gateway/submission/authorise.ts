import type { JWTPayload } from 'jose';
import { type Authority, Refusal } from './submission-door.ts';
import { readToken } from './token.ts';

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
