import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { documentShape, documentWeight } from './documents.ts';
import {
  type ExecutionRequest,
  type Executor,
  internalError,
  ReferenceExecutor,
  withErrorsBeside,
} from './executor.ts';
import { conditionVariables, withoutConditions } from './selections.ts';

/** Bytes of memory that the plans of all documents may take together; the least recently used one goes first. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Bytes of memory that generated code takes, a field. Measured: 1,800 to 3,400. */
const PER_FIELD = 4_096;
/** Plans of one document: one with many conditions has more outcomes than are worth it. Beyond it graphql-js executes. */
const MAX_PLANS_OF_DOCUMENT = 32;

interface KnownDocument {
  /** By name; null where only graphql-js executes. */
  readonly operations: Map<string, KnownOperation | null>;
  /** By operation and the values of its conditions. */
  readonly plans: LRUCache<string, Plan>;
}

interface KnownOperation {
  readonly definition: OperationDefinitionNode;
  /** Which variables decide what is selected. */
  readonly conditions: readonly string[];
}

/** An operation with known conditions, which was executed before. */
interface Plan {
  readonly key: string;
  /** Those of its document. */
  readonly plans: LRUCache<string, Plan>;
  /** Bytes of memory that it takes once it is compiled, with the document that its code keeps. */
  readonly weight: number;
  code: Code | 'not yet' | 'not compilable';
}

interface Code {
  readonly query: CompiledQuery['query'];
  /** What was compiled. */
  readonly document: DocumentNode;
}

/** Called after each execution with the engine that did it. */
export type OnExecuted = (engine: 'jit' | 'reference', ms: number) => void;

/**
 * Executes queries by code that graphql-jit generates for each operation and each outcome of its conditions: graphql-jit
 * gets no `@skip` and `@include`, which it keeps on AST nodes that places and operations share. Compiling takes about as
 * long as executing a few times, so an operation is compiled when it is seen again; until then, and for what graphql-jit
 * cannot do or does otherwise than graphql-js, graphql-js executes.
 */
export class JitExecutor implements Executor {
  readonly schema: GraphQLSchema;
  readonly #reference: ReferenceExecutor;
  /** Kept as long as somebody else keeps the document. */
  readonly #documents = new WeakMap<DocumentNode, KnownDocument>();
  readonly #plans = new LRUCache<Plan, true>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (_, { weight }) => weight,
    disposeAfter: (_, { plans, key }) => plans.delete(key),
  });
  readonly #onExecuted: OnExecuted;

  constructor(schema: GraphQLSchema, onExecuted: OnExecuted = () => {}) {
    this.schema = schema;
    this.#reference = new ReferenceExecutor(schema);
    this.#onExecuted = onExecuted;
  }

  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const started = performance.now();
    const known = this.#known(request.document);
    const operation = this.#operation(known, request);
    // graphql-jit forgets defaults of non-null variables. It reads what graphql-js has read again: scalars allow that.
    const variables = operation && this.#variables(operation, request);
    const code = variables && this.#code(request.document, known, operation, variables);
    if (!code) {
      const result = await this.#reference.execute(request);
      this.#onExecuted('reference', performance.now() - started);
      return result;
    }
    try {
      const { data, errors } = await withErrorsBeside(await code.query(undefined, request.context, variables));
      this.#onExecuted('jit', performance.now() - started);
      return errors === undefined ? { data } : { data, errors: jitErrors(this.schema, code.document, errors) };
    } catch (error) {
      return { data: null, errors: [internalError(error)] };
    }
  }

  #known(document: DocumentNode): KnownDocument {
    let known = this.#documents.get(document);
    if (known === undefined) {
      const plans = new LRUCache<string, Plan>({
        max: MAX_PLANS_OF_DOCUMENT,
        disposeAfter: (plan) => this.#plans.delete(plan),
      });
      known = { operations: new Map(), plans };
      this.#documents.set(document, known);
    }
    return known;
  }

  #operation({ operations }: KnownDocument, { document, operationName }: ExecutionRequest): KnownOperation | null {
    const name = operationName ?? '';
    let operation = operations.get(name);
    if (operation === undefined) {
      const definition = getOperationAST(document, operationName);
      // An operation that is not there is not remembered: its name is the client's choice.
      if (!definition) return null;
      operation = isCompilable(document, definition)
        ? { definition, conditions: conditionVariables(document, definition) }
        : null;
      operations.set(name, operation);
    }
    return operation;
  }

  /** Null where they are wrong: graphql-js says how. */
  #variables({ definition }: KnownOperation, { variables }: ExecutionRequest): Record<string, unknown> | null {
    const definitions = definition.variableDefinitions ?? [];
    return getVariableValues(this.schema, definitions, variables).coerced ?? null;
  }

  /** Null where graphql-js executes this time. */
  #code(
    document: DocumentNode,
    { plans }: KnownDocument,
    { definition, conditions }: KnownOperation,
    variables: Record<string, unknown>,
  ): Code | null {
    let key = definition.name?.value ?? '';
    for (const name of conditions) {
      const value = variables[name];
      // Null for a variable that has a default: an error, which graphql-js words.
      if (typeof value !== 'boolean') return null;
      key += value ? ' 1' : ' 0';
    }
    const plan = plans.get(key);
    if (plan === undefined) {
      // Weighed before it is compiled: plans that do not all fit would otherwise be compiled again and again.
      const weight = documentWeight(document) + documentShape(document).of(definition).fields * PER_FIELD;
      const seen: Plan = { key, plans, weight, code: 'not yet' };
      plans.set(key, seen);
      this.#plans.set(seen, true);
      return null;
    }
    // The one that was used last goes last.
    this.#plans.get(plan);
    if (plan.code === 'not yet') {
      plan.code = compile(this.schema, withoutConditions(document, definition, variables)) ?? 'not compilable';
    }
    return plan.code === 'not compilable' ? null : plan.code;
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode): Code | null {
  if (!hasPlainNames(schema, document)) return null;
  const compiled = compileQuery(schema, document, undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? { query: compiled.query, document } : null;
}

/** Fields, counted again where a fragment is spread again: the generated code is as long. */
const MAX_FIELDS = 1_000;

/** Whether graphql-jit executes an operation at a reasonable price. */
export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return operation.operation === OperationTypeNode.QUERY && documentShape(document).of(operation).fields <= MAX_FIELDS;
}

/**
 * graphql-jit names what it knows of a field by the response names on the way to it, joined by `_`: an alias `a_b` is
 * taken for `b` below `a`. Such documents are left to graphql-js, as are introspection and an alias `__proto__`.
 * @param document without conditions
 */
export function hasPlainNames(schema: GraphQLSchema, document: DocumentNode): boolean {
  const names = new Set<string>();
  let introspects = false;
  visit(document, {
    Field(node) {
      introspects ||= node.name.value === '__schema' || node.name.value === '__type';
      names.add(node.alias?.value ?? node.name.value);
    },
  });
  if (introspects || names.has('__proto__')) return false;
  const isTaken = (name: string) => names.has(name) || schema.getType(name) !== undefined || /^idx\d+$/.test(name);
  for (const name of names) {
    if (schema.getType(name) !== undefined || /^idx\d+$/.test(name)) return false;
    for (let at = name.indexOf('_'); at !== -1; at = name.indexOf('_', at + 1)) {
      if (isTaken(name.slice(0, at))) return false;
    }
  }
  return true;
}

type JitError = GraphQLError | GraphQLFormattedError;
type Path = readonly (string | number)[];

/**
 * graphql-jit's errors as graphql-js gives them: one a path; of those that make the same place null, since no place
 * between may be, the one that gets there first; and where all of the data is null, none that comes after that.
 * @param document with the one operation that was executed
 */
export function jitErrors(schema: GraphQLSchema, document: DocumentNode, errors: readonly JitError[]): GraphQLError[] {
  const positionOf = positions(schema, document);
  const paths = new Set<string>();
  const kept: { readonly error: JitError; readonly level: number }[] = [];
  const spread = new Map<string, { readonly error: JitError; readonly level: number }>();
  for (const error of errors) {
    const path = error.path ?? [];
    const key = JSON.stringify(path);
    if (paths.has(key)) continue;
    paths.add(key);
    const { nullable, level: ofField } = positionOf(path);
    // graphql-js reads arguments before it calls the resolver, with the level above.
    const level = argumentLocations(error) === undefined ? ofField : ofField - 1;
    if (nullable === path.length) {
      kept.push({ error, level });
      continue;
    }
    const place = JSON.stringify(path.slice(0, nullable));
    if (level < (spread.get(place)?.level ?? Infinity)) spread.set(place, { error, level });
  }
  const last = spread.get(JSON.stringify([]))?.level ?? Infinity;
  return [...kept, ...spread.values()].filter(({ level }) => level <= last).map(({ error }) => toGraphQLError(error));
}

/** What is wrong with an argument lies there, and not at its field; undefined for another error. */
function argumentLocations(error: JitError): GraphQLError['locations'] {
  const cause = error instanceof GraphQLError ? error.originalError : undefined;
  return cause instanceof GraphQLError ? cause.locations : undefined;
}

/** graphql-jit's errors lack `extensions` where there are none, on which Apollo Server relies. */
function toGraphQLError(error: JitError): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : undefined;
  // A field that stands several times is named once for each.
  const message = error.message.replace(/^(Cannot return null for .*\.)\((\w+)(?:,\w+)*\)\.$/, '$1$2.');
  const located = new GraphQLError(message, { path: error.path, extensions: error.extensions, originalError: cause });
  const locations = argumentLocations(error) ?? error.locations;
  Object.defineProperty(located, 'locations', { value: locations, enumerable: true });
  return located;
}

interface PlacedField {
  readonly node: FieldNode;
  readonly type: GraphQLOutputType;
  readonly hasResolver: boolean;
}

interface Place {
  readonly selectionSet: SelectionSetNode;
  readonly typeName: string;
}

interface Position {
  /** So many keys of the path lead to the last place that may be null; 0 is the whole of the data. */
  readonly nullable: number;
  /** So many fields of the path have resolvers, one after the other. */
  readonly level: number;
}

function positions(schema: GraphQLSchema, document: DocumentNode): (path: Path) => Position {
  const fragments = new Map<string, Place>();
  let root: Place | null = null;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      const { name, selectionSet, typeCondition } = definition;
      fragments.set(name.value, { selectionSet, typeName: typeCondition.name.value });
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const typeName = schema.getRootType(definition.operation)?.name ?? '';
      root = { selectionSet: definition.selectionSet, typeName };
    }
  }

  function fieldsOf(key: string, { selectionSet, typeName }: Place): PlacedField[] {
    return selectionSet.selections.flatMap((node) => {
      if (node.kind === Kind.FIELD) {
        if ((node.alias ?? node.name).value !== key) return [];
        const parent = schema.getType(typeName);
        const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
        return field === undefined ? [] : [{ node, type: field.type, hasResolver: field.resolve !== undefined }];
      }
      if (node.kind === Kind.INLINE_FRAGMENT) {
        return fieldsOf(key, {
          selectionSet: node.selectionSet,
          typeName: node.typeCondition?.name.value ?? typeName,
        });
      }
      const fragment = fragments.get(node.name.value);
      return fragment === undefined ? [] : fieldsOf(key, fragment);
    });
  }

  // By path without indices: the items of a list are alike.
  const known = new Map<string, Position>();
  return (path) => {
    const key = JSON.stringify(path.map((part) => (typeof part === 'string' ? part : 0)));
    const before = known.get(key);
    if (before !== undefined) return before;
    let nullable = 0;
    let level = 0;
    let places: readonly Place[] = root === null ? [] : [root];
    let type: GraphQLOutputType | undefined;
    for (const [index, part] of path.entries()) {
      if (typeof part === 'string') {
        // In a valid document all fields of one response name may be null alike, whatever types they are of.
        const fields = places.flatMap((place) => fieldsOf(part, place));
        type = fields[0]?.type;
        if (fields.some(({ hasResolver }) => hasResolver)) level++;
        places = fields.flatMap(({ node, type: ofField }) =>
          node.selectionSet ? [{ selectionSet: node.selectionSet, typeName: getNamedType(ofField).name }] : [],
        );
      } else {
        const list = type && getNullableType(type);
        type = isListType(list) ? list.ofType : undefined;
      }
      if (!isNonNullType(type)) nullable = index + 1;
    }
    const position = { nullable, level };
    known.set(key, position);
    return position;
  };
}
