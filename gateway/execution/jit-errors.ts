import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

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
