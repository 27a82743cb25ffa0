import { type DocumentNode, TokenKind } from 'graphql';

/** Bytes a character of the text: strings are kept again in tokens and nodes, and may take two bytes a character. */
const PER_CHARACTER = 4;
/** Bytes a token, with the nodes that are made of it. Measured: 380 to 490. */
const PER_TOKEN = 450;
/** Bytes a comment, of which no node is made. */
const PER_COMMENT = 100;

/** About how many bytes of memory a parsed document takes. */
export function documentWeight({ loc }: DocumentNode): number {
  if (loc === undefined) return 0;
  let weight = loc.source.body.length * PER_CHARACTER;
  for (let token = loc.startToken.next; token !== null; token = token.next) {
    weight += token.kind === TokenKind.COMMENT ? PER_COMMENT : PER_TOKEN;
  }
  return weight;
}
