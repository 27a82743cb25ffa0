import {
  GraphQLError,
  type GraphQLScalarLiteralParser,
  GraphQLScalarType,
  Kind,
  print,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { exactInteger } from '../../../adapters/contract/exact-json.ts';
import { normaliseTime } from '../../../adapters/contract/time-and-url.ts';
import { clientError, quoted } from '../../federation/source-report.ts';

function readTime(value: unknown): string {
  const time = typeof value === 'string' ? normaliseTime(value) : null;
  if (time !== null) return time;
  throw clientError(
    'BAD_USER_INPUT',
    `${quoted(value)} is no DateTime: give RFC 3339 text with a zone, such as "2026-02-01T10:00:00Z".`,
  );
}

function readBigInt(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw clientError('BAD_USER_INPUT', `${quoted(value)} is no BigInt: give a whole number from 0 to 2^53 - 1.`);
}

function readUrl(value: unknown): string {
  if (typeof value === 'string') return value;
  throw clientError('BAD_USER_INPUT', `${quoted(value)} is no URL: give text.`);
}

/** A literal is read as the variable of the same text would be; what is wrong with it lies where it is written. */
function literal<T>(
  read: (value: unknown) => T,
  kinds: readonly (typeof Kind.STRING | typeof Kind.INT)[],
): GraphQLScalarLiteralParser<T> {
  return (node) => {
    const known = kinds.find((kind) => kind === node.kind);
    try {
      // What is no text and no whole number is no value of any of these: it is quoted as it is written.
      return read(known !== undefined && 'value' in node ? node.value : { toString: () => print(node) });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      throw new GraphQLError(error.message, { nodes: node, extensions: error.extensions, originalError: error });
    }
  };
}

/** As graphql-js reads it, but that integers keep their digits. Documents nest brackets 64 deep at most. */
function exactLiteral(node: ValueNode, variables?: Parameters<typeof valueFromASTUntyped>[1]): unknown {
  switch (node.kind) {
    case Kind.INT:
      return exactInteger(node.value);
    case Kind.LIST:
      return node.values.map((item) => exactLiteral(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, exactLiteral(value, variables)]));
    default:
      return valueFromASTUntyped(node, variables);
  }
}

const DateTime = new GraphQLScalarType<string>({
  name: 'DateTime',
  parseValue: readTime,
  parseLiteral: literal(readTime, [Kind.STRING]),
});
const BigInteger = new GraphQLScalarType<number>({
  name: 'BigInt',
  parseValue: readBigInt,
  parseLiteral: literal(readBigInt, [Kind.INT, Kind.STRING]),
});
const Url = new GraphQLScalarType<string>({
  name: 'URL',
  parseValue: readUrl,
  parseLiteral: literal(readUrl, [Kind.STRING]),
});
const JsonValue = new GraphQLScalarType<unknown>({
  name: 'JSON',
  parseValue: (value) => value,
  parseLiteral: exactLiteral,
});

/** The scalars of the schema. Values from sources are in their final form already, so that serialising costs nothing. */
export const scalars: readonly GraphQLScalarType[] = [DateTime, BigInteger, JsonValue, Url];
