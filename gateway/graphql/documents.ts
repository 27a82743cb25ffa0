import type { ApolloServerOptions } from '@apollo/server';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TokenKind,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/** Bytes of memory that all documents take together, which is 70 to 250 times the length of their texts. */
const MAX_WEIGHT = 32 * 1024 * 1024;

type DocumentStore = NonNullable<ApolloServerOptions<object>['documentStore']>;

/** Keeps parsed and validated documents by the hash of their text, so that a known query is neither again. */
export function documentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (document) => documentWeight(document) + 1,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}

/** How large an operation, a fragment or a selection is, with every fragment counted wherever it is spread. */
export interface Shape {
  /** Levels of fields, those of introspection apart. */
  readonly depth: number;
  /** Levels of fields from `__schema` or `__type` on. */
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly fields: number;
}

export interface DocumentShape {
  of(operation: OperationDefinitionNode): Shape;
}

const EMPTY: Shape = { depth: 0, introspectionDepth: 0, aliases: 0, fields: 0 };
// Kept with the document, since its store hands over nothing but the document, and drops both together.
const shapes = new WeakMap<DocumentNode, DocumentShape>();

/** Measures a document that need not be valid. Each fragment is measured once, so spreading cannot make it slow. */
export function documentShape(document: DocumentNode): DocumentShape {
  let shape = shapes.get(document);
  if (shape === undefined) {
    shape = measure(document);
    shapes.set(document, shape);
  }
  return shape;
}

function measure(document: DocumentNode): DocumentShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const ofFragments = new Map<string, Shape>();

  function ofFragment(name: string): Shape {
    const known = ofFragments.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) return EMPTY;
    // A fragment that spreads itself ends here; validation refuses it.
    ofFragments.set(name, EMPTY);
    const shape = ofSelections(fragment.selectionSet);
    ofFragments.set(name, shape);
    return shape;
  }

  function ofSelections(selectionSet: SelectionSetNode): Shape {
    let { depth, introspectionDepth, aliases, fields } = EMPTY;
    for (const node of selectionSet.selections) {
      let shape: Shape;
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        shape = ofFragment(node.name.value);
      } else {
        const below = node.selectionSet === undefined ? EMPTY : ofSelections(node.selectionSet);
        shape = node.kind === Kind.FIELD ? ofField(node.name.value, node.alias !== undefined, below) : below;
      }
      depth = Math.max(depth, shape.depth);
      introspectionDepth = Math.max(introspectionDepth, shape.introspectionDepth);
      aliases += shape.aliases;
      fields += shape.fields;
    }
    return { depth, introspectionDepth, aliases, fields };
  }

  const ofOperations = new Map<OperationDefinitionNode, Shape>();
  return {
    of(operation) {
      let shape = ofOperations.get(operation);
      if (shape === undefined) {
        shape = ofSelections(operation.selectionSet);
        ofOperations.set(operation, shape);
      }
      return shape;
    },
  };
}

function ofField(name: string, aliased: boolean, below: Shape): Shape {
  const introspects = name === '__schema' || name === '__type';
  return {
    depth: introspects ? 0 : 1 + below.depth,
    introspectionDepth: introspects ? 1 + below.depth : below.introspectionDepth,
    aliases: below.aliases + (aliased ? 1 : 0),
    fields: 1 + below.fields,
  };
}

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
