import { type GraphQLSchema, isObjectType } from 'graphql';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { RequestContext } from '../../../gateway/federation/request.ts';
import { resolvers } from '../../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { garden } from './garden.ts';
import type { Vocabulary } from './random-documents.ts';
import { requestFor } from './request.ts';

/** A schema with data behind it, and what random documents over it are made of. */
export interface World {
  readonly vocabulary: Vocabulary;
  createContext(): RequestContext;
}

/** The garden: everything that executors differ on, errors of every kind among it. */
export function gardenWorld(): World {
  return {
    vocabulary: gardenVocabulary(buildSchema(garden())),
    createContext: () => requestFor('{ __typename }').context,
  };
}

/** kcigraph's own schema over three sources, two that share objects and one that fails. */
export async function federatedWorld(): Promise<World> {
  const documents = knownDocuments();
  const bad = new ArrayAdapter({ documents });
  bad.failure = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.', { retryAfterMs: 500 });
  const gateway = new FederatedGateway([
    { name: 'good', adapter: new ArrayAdapter({ documents: documents.filter((_, index) => index % 3 !== 0) }) },
    { name: 'other', adapter: new ArrayAdapter({ documents: documents.filter((_, index) => index % 3 !== 1) }) },
    { name: 'bad', adapter: bad, breaker: { failures: Infinity, openFor: 1 } },
  ]);
  const { data } = await gateway.ask<Record<string, { readonly nodes: readonly { readonly nodeId: string }[] }>>(
    '{ tests(first: 2) { nodes { nodeId } } builds(first: 2) { nodes { nodeId } } issues(first: 1) { nodes { nodeId } } checkouts(first: 1) { nodes { nodeId } } incidents(first: 1) { nodes { nodeId } } }',
  );
  const ids = Object.values(data).flatMap(({ nodes }) => nodes.map(({ nodeId }) => nodeId));
  return {
    vocabulary: federatedVocabulary(buildSchema({ resolvers, scalars }), ids),
    createContext: () => gateway.context(),
  };
}

function gardenVocabulary(schema: GraphQLSchema): Vocabulary {
  return {
    schema,
    args: {
      'Query.node': ['(id: "plant-2")', '(id: "bed-north")', '(id: "none")', '(id: $id)'],
      'Query.nodes': ['(ids: ["bed-east", "plant-6", "x"])', '(ids: [$id, "plant-1"])', '(ids: $id)'],
      'Query.bed': ['', '(name: "west")', '(name: $name)', '(name: null)'],
      'Query.beds': ['', '(first: 2)', '(first: $n)'],
      'Query.echo': [
        '',
        '(span: {from: $n, kinds: [HERB, $kind]})',
        '(ids: [$id, "b"], text: $name)',
        '(span: {})',
        '(kind: $kind, day: $day)',
        '(span: $span)',
        '(day: "2026-02-03", span: {to: $n})',
      ],
      'Bed.plants': [
        '',
        '(first: 2)',
        '(first: $n, span: {kinds: [$kind]})',
        '(span: $span)',
        '(first: 3, span: {from: $n})',
      ],
    },
    variables: {
      id: { type: 'ID!', defaults: ['"bed-west"'], values: ['plant-3', 'bed-east', 7, 'none'] },
      name: { type: 'String', defaults: ['"west"'], values: ['north', 'east', '`${1}` "'] },
      n: { type: 'Int', defaults: ['1', 'null'], values: [0, 2, 5] },
      kind: { type: 'Kind', defaults: ['HERB'], values: ['TREE', 'HERB'] },
      day: { type: 'Day', defaults: ['"2026-03-04"'], values: ['2026-05-06'] },
      span: {
        type: 'Span',
        defaults: ['{from: 2}', '{kinds: HERB}'],
        values: [{}, { to: 2 }, { kinds: ['TREE'] }, { from: null, kinds: 'HERB' }],
      },
    },
    without: new Set(),
  };
}

const LIST_ARGUMENTS = [
  '(first: 2)',
  '(first: $n)',
  '(first: 1, orderBy: OLDEST)',
  '(first: $n, filter: { origin: [$origin] })',
];
const PAGED = /^(Query|Revision|Checkout|Build|Test|Issue)\.(checkouts|builds|tests|issues|incidents)$/;

/** @param ids global ids of objects, of several types */
function federatedVocabulary(schema: GraphQLSchema, ids: readonly string[]): Vocabulary {
  const args: Record<string, readonly string[]> = {
    'Query.node': [`(id: "${ids[0]}")`, '(id: $id)', '(id: "nothing")'],
    'Query.nodes': [`(ids: ${JSON.stringify(ids)})`, `(ids: [$id, "${ids[1]}"])`],
    'Query.source': ['(name: "good")', '(name: $origin)'],
    'Query.revision': ['(gitCommitHash: "1f23456789abcdef0123456789abcdef012345ab")', '(gitCommitHash: "zz")'],
    'Query.revisions': ['(first: 2)', '(first: 2, filter: { treeName: [$tree] })'],
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const { name } of Object.values(type.getFields())) {
      const field = `${type.name}.${name}`;
      if (!PAGED.test(field)) continue;
      const atRoot = type.name === 'Query' ? ['(sources: ["bad"], first: 3)'] : [];
      const filtered = name === 'builds' || name === 'tests' ? ['(first: 2, filter: { status: [$status, FAIL] })'] : [];
      args[field] = [...LIST_ARGUMENTS, ...filtered, ...atRoot];
    }
  }
  for (const name of ['checkout', 'build', 'test', 'incident', 'issue']) {
    args[`Query.${name}`] = [
      `(id: "maestro:${name}-${name.charAt(0)}0")`,
      '(id: $key)',
      '(id: $key, sources: ["bad"])',
    ];
  }
  return {
    schema,
    args,
    variables: {
      id: { type: 'ID!', defaults: [JSON.stringify(ids[2])], values: [...ids, 'bad', 7] },
      key: { type: 'ID!', defaults: ['"x"'], values: ['x', 'maestro:issue-i0'] },
      n: { type: 'Int', defaults: ['1', 'null'], values: [0, 1, 2, 3, 4, 501] },
      origin: { type: 'String!', defaults: ['"maestro"'], values: ['redhat', 'kernelci'] },
      tree: { type: 'String', defaults: ['"next"'], values: ['mainline'] },
      status: { type: 'Status', defaults: ['PASS'], values: ['PASS', 'MISS'] },
    },
    without: new Set(['Source.since', 'Source.latency', 'Source.state', 'Source.detail']),
  };
}
