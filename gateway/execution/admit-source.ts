import { type DocumentNode, GraphQLError, Kind, Lexer, parse, Source, TokenKind } from 'graphql';
import { LRUCache } from 'lru-cache';
import { quoted } from '../federation/client-error.ts';
import { checkShape } from './depth-and-aliases.ts';
import { documentShape } from './document-shape.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { FIELD_COMPARISONS, LINES, type Limits, NESTING, REPEATED_FIELDS } from './limits.ts';
import { repeatedFields } from './repeated-fields.ts';

/** Texts that were admitted, by their length in characters. */
const MAX_REMEMBERED = 8 * 1024 * 1024;

/**
 * Turns away texts that would cost too much to parse or to validate: graphql-js's lexer and validation take a long text
 * apart several times, its parser is recursive, and comparing fields that share a name takes time with the square of
 * their number. Gives null for a text that may go on, also where
 * it has a syntax error: the pipeline behind words that.
 */
export function sourceAdmission(limits: Limits): (source: string) => GraphQLError | null {
  const admitted = new LRUCache<string, true>({
    max: 10_000,
    maxSize: MAX_REMEMBERED,
    sizeCalculation: (_, source) => source.length + 1,
  });
  return (source) => {
    if (admitted.has(source)) return null;
    const refusal = checkText(source, limits) ?? refusalOf(source, limits);
    if (refusal === null) admitted.set(source, true);
    return refusal;
  };
}

function refusalOf(source: string, limits: Limits): GraphQLError | null {
  if (exceedsNesting(source, limits.tokens)) {
    return limitExceeded(`The document nests brackets more than ${NESTING} deep.`);
  }
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: limits.tokens, noLocation: true });
  } catch (error) {
    return isTokenLimit(error) ? limitExceeded(`The document has more than ${limits.tokens} tokens.`) : null;
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const refusal = checkShape(documentShape(document).of(definition), limits);
    if (refusal !== null) return refusal;
  }
  return checkRepeatedFields(document);
}

/** A name may be as long as the text, and for each error graphql-js counts the lines before it. */
function checkText(source: string, { textBytes }: Limits): GraphQLError | null {
  const bytes = Buffer.byteLength(source);
  if (bytes > textBytes) {
    return limitExceeded(
      `The text of the query has ${bytes} bytes; the limit is ${textBytes}. Send what is large as a variable.`,
    );
  }
  let lines = 1;
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) lines++;
  for (let at = source.indexOf('\r'); at !== -1; at = source.indexOf('\r', at + 1)) lines++;
  return lines > LINES ? limitExceeded(`The text of the query has ${lines} lines; the limit is ${LINES}.`) : null;
}

function checkRepeatedFields(document: DocumentNode): GraphQLError | null {
  const repeated = repeatedFields(document);
  if (repeated === null) return limitExceeded('The query merges its fragments in too many ways; spread fewer of them.');
  const { name, count, comparisons } = repeated;
  if (count > REPEATED_FIELDS) {
    return limitExceeded(
      `One selection set has ${count} fields of the name ${quoted(name)}, those of fragments and of selections that ` +
        `merge included; the limit is ${REPEATED_FIELDS}.`,
    );
  }
  if (comparisons <= FIELD_COMPARISONS) return null;
  return limitExceeded('The query repeats too many fields with selections of their own; select each of them once.');
}

/** graphql-js has no code for it. */
export function isTokenLimit(error: unknown): boolean {
  return error instanceof GraphQLError && /^Syntax Error: Document contains more that \d+ tokens/.test(error.message);
}

/** Counts all brackets first, those in strings and comments too: few texts have enough of them to be looked at closely. */
function exceedsNesting(source: string, maxTokens: number): boolean {
  let opening = 0;
  for (let at = 0; at < source.length && opening <= NESTING; at++) if (isOpening(source[at])) opening++;
  if (opening <= NESTING) return false;

  const lexer = new Lexer(new Source(source));
  let depth = 0;
  try {
    for (let tokens = 0; tokens <= maxTokens; tokens++) {
      const { kind } = lexer.advance();
      if (kind === TokenKind.EOF) return false;
      if (isOpening(kind)) depth++;
      else if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R || kind === TokenKind.PAREN_R) depth--;
      if (depth > NESTING) return true;
    }
  } catch {
    // What is wrong with the text, the parser says.
  }
  return false;
}

function isOpening(text: string | undefined): boolean {
  return text === '{' || text === '[' || text === '(';
}
