import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { clientError, quoted } from '../federation/source-report.ts';
import { documentShape, type Shape } from './documents.ts';

/** How much one request may ask for, and how many are worked on. */
export interface Limits {
  /** Levels of fields; introspection has its own limit. */
  readonly depth: number;
  /** Aliases, counted again where a fragment is spread again. */
  readonly aliases: number;
  /** Tokens of the document. */
  readonly tokens: number;
  /** Objects that the page sizes allow. */
  readonly cost: number;
  /** Values in a list of a filter or of another argument. */
  readonly values: number;
  /** Bytes of the document's text. */
  readonly textBytes: number;
  /** Bytes of a body, after decompression. */
  readonly bodyBytes: number;
  /** Bytes of a body at /graphql, after decompression; `bodyBytes` where that is smaller. */
  readonly graphqlBytes: number;
  /** Requests that are worked on at once, whatever their route; a few more wait for a moment. */
  readonly inFlight: number;
  /** Bytes of memory that all requests together hold: bodies, rows of sources, and answers that were not taken yet. */
  readonly inFlightBytes: number;
  /** Milliseconds that a query may take; submissions may take as long as they need. */
  readonly deadline: number;
}

/** Levels of fields of an introspection query. */
export const INTROSPECTION_DEPTH = 20;

/** Brackets within brackets, whatever they hold: deeper texts would overflow the stack of a recursive parser. */
export const NESTING = 500;

/** Lines of the document's text. */
export const LINES = 10_000;

/** Fields of one name in one selection set, as selection sets merge. */
export const REPEATED_FIELDS = 200;

/** What comparing the fields of one name may take in all, in the unit of `RepeatedFields`: about 50 ms. */
export const FIELD_COMPARISONS = 500_000;

/** Values of any kind in the JSON of one request: each takes far more memory than text. */
export const JSON_VALUES = 50_000;

/** Objects and lists within each other in the JSON of one request. */
export const JSON_NESTING = 64;

/** Fields of one object in a variable that is not JSON: several times as many as the largest input type has. */
export const VARIABLE_FIELDS = 200;

/** The request asks for more than one request may: refused before anything is executed. */
export function limitExceeded(message: string): GraphQLError {
  return clientError('LIMIT_EXCEEDED', message, { http: { status: 400 } });
}

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

/** What of the limits an operation exceeds by its text alone; null where nothing. */
export function checkShape(shape: Shape, limits: Limits): GraphQLError | null {
  if (shape.depth > limits.depth) {
    return limitExceeded(`The query is ${shape.depth} levels of fields deep; the limit is ${limits.depth}.`);
  }
  if (shape.introspectionDepth > INTROSPECTION_DEPTH) {
    return limitExceeded(
      `The introspection query is ${shape.introspectionDepth} levels of fields deep; the limit is ${INTROSPECTION_DEPTH}.`,
    );
  }
  if (shape.aliases > limits.aliases) {
    return limitExceeded(
      `The query has ${shape.aliases} aliases, counted again wherever a fragment is spread; the limit is ${limits.aliases}.`,
    );
  }
  return null;
}

/** Selections that are looked at, those of a fragment again wherever it is merged with others. */
const MAX_VISITS = 100_000;
/** What it takes to compare two fields that have selections, where two without take 1: measured. */
const COMPOSITE = 10;

export interface RepeatedFields {
  /** The name that most fields of one selection set answer to. */
  readonly name: string;
  readonly count: number;
  /** What comparing all fields of one name with each other takes; 1 is about 0.1 microseconds. */
  readonly comparisons: number;
}

/**
 * Counts the fields that answer to one name in one selection set, as selection sets are merged when they are executed:
 * with those of the fragments in it, and below fields of one name as one. The document need not be valid.
 * graphql-js compares all fields of one name with each other. Null where selections merge in too many ways to tell.
 */
export function repeatedFields(document: DocumentNode): RepeatedFields | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let most = { name: '', count: 0 };
  let comparisons = 0;
  let visits = 0;
  const known = new Set<string>();
  const ids = new Map<SelectionSetNode, number>();
  const waiting: SelectionSetNode[][] = [];

  /** Each combination of selection sets is looked at once, so that fragments cannot make it slow. */
  function add(selectionSets: readonly SelectionSetNode[]): void {
    for (const selectionSet of selectionSets) if (!ids.has(selectionSet)) ids.set(selectionSet, ids.size);
    const merged = [...new Set(selectionSets)];
    const key = merged
      .map((selectionSet) => ids.get(selectionSet) ?? 0)
      .sort((a, b) => a - b)
      .join();
    if (known.has(key)) return;
    known.add(key);
    waiting.push(merged);
  }

  /** The fields of selection sets, by the name that they answer to. */
  function fieldsOf(selectionSets: readonly SelectionSetNode[]): ReadonlyMap<string, readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const open = [...selectionSets];
    for (let selectionSet = open.pop(); selectionSet !== undefined; selectionSet = open.pop()) {
      visits += selectionSet.selections.length;
      for (const node of selectionSet.selections) {
        if (node.kind === Kind.FIELD) {
          const name = node.alias?.value ?? node.name.value;
          const ofName = fields.get(name);
          if (ofName === undefined) fields.set(name, [node]);
          else ofName.push(node);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          open.push(node.selectionSet);
        } else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment !== undefined) open.push(fragment.selectionSet);
        }
      }
    }
    return fields;
  }

  for (const definition of document.definitions) if ('selectionSet' in definition) add([definition.selectionSet]);
  for (let merged = waiting.pop(); merged !== undefined; merged = waiting.pop()) {
    for (const [name, fields] of fieldsOf(merged)) {
      if (fields.length > most.count) most = { name, count: fields.length };
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
      comparisons += ((fields.length * (fields.length - 1)) / 2) * (below.length > 0 ? COMPOSITE : 1);
      if (below.length > 0) add(below);
    }
    if (visits > MAX_VISITS) return null;
  }
  return { ...most, comparisons };
}
