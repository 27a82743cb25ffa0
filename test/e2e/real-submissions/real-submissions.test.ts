import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlaceholder } from '../../../adapters/contract/model.ts';
import { upgrade, validate } from '../../../adapters/kit/kcidb/whole-document.ts';
import { discardGateway, type GatewayProcess, startGateway } from '../../support/gateway-process.ts';
import { announceMissingSharedData, hasSharedData, realSubmissions } from '../../support/shared-data.ts';
import { asKcidb, expectedObjects, type KcidbDocument, withInstants } from './expected-objects.ts';
import { FIELDS, KINDS, type Kind } from './graphql-fields.ts';

const LIST_FIELDS = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
} as const;
const TIMED: readonly Kind[] = ['checkout', 'build', 'test'];

announceMissingSharedData('the real submissions, through every door and back');

describe.skipIf(!hasSharedData)('the real submissions', () => {
  const bodies = hasSharedData ? [...realSubmissions().values()] : [];
  const documents = bodies.map(newestForm);
  // They are in no list, and are found by their ids.
  const placeholders = [...expectedObjects('build', documents).keys()].filter(isPlaceholder);
  let gateway: GatewayProcess;
  let first: Answers;

  beforeAll(async () => {
    gateway = await startGateway();
    for (const body of bodies) expect(await submit(gateway, body)).toMatchObject({ status: 'ok' });
    first = await everything(gateway, placeholders);
  });
  afterAll(() => discardGateway(gateway));

  it.each(KINDS)('come back equal to their 5.3 form, field by field: %s', (kind) => {
    const expected = expectedObjects(kind, documents);
    const given = new Map(first[kind].map((node) => [keyOf(node, kind), node]));
    expect([...given.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, object] of expected) expect(asKcidb(given.get(key))).toEqual(withInstants(object));
  });

  it('change nothing when they are submitted again', async () => {
    for (const body of bodies) expect(await submit(gateway, body)).toMatchObject({ status: 'ok' });
    expect(await everything(gateway, placeholders)).toEqual(first);
  });

  // Of two reports that differ the first one is shown, so there the same values are known, each store showing its first.
  it('give the same answers from a store that got them in another order, but for timestamps and the order of issues and incidents', async () => {
    const other = await startGateway();
    try {
      for (const body of bodies.toReversed()) expect(await submit(other, body)).toMatchObject({ status: 'ok' });
      const answers = await everything(other, placeholders);
      for (const kind of KINDS) expect(comparable(answers[kind], kind)).toEqual(comparable(first[kind], kind));
    } finally {
      await discardGateway(other);
    }
  });
});

type Node = { readonly [field: string]: unknown };
type Answers = Record<Kind, Node[]>;

function newestForm(body: string): KcidbDocument {
  const verdict = validate(JSON.parse(body));
  if (!verdict.valid) throw new Error(JSON.stringify(verdict.faults));
  const upgraded = upgrade(verdict.document, verdict.rules);
  if (!('document' in upgraded)) throw new Error(JSON.stringify(upgraded.faults));
  return upgraded.document as KcidbDocument;
}

async function submit(gateway: GatewayProcess, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${gateway.url}/submit`, { method: 'POST', headers, body });
  return answer.json();
}

async function everything(gateway: GatewayProcess, placeholders: readonly string[]): Promise<Answers> {
  const answers: Answers = { checkout: [], build: [], test: [], issue: [], incident: [] };
  for (const kind of KINDS) {
    for (let after: unknown = null; ; ) {
      const all = kind === 'issue' ? ', allVersions: true' : '';
      const answer = await gateway.query(
        `query ($after: String) { list: ${LIST_FIELDS[kind]}(first: 200, after: $after${all}) {
           nodes { ${FIELDS[kind]} } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      expect(answer.errors).toBeUndefined();
      const list = answer.data?.list as { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      answers[kind].push(...list.nodes);
      if (!list.pageInfo.hasNextPage) break;
      after = list.pageInfo.endCursor;
    }
  }
  for (const id of placeholders) {
    const answer = await gateway.query(`query ($id: ID!) { build(id: $id) { ${FIELDS.build} } }`, { id });
    expect(answer.errors).toBeUndefined();
    answers.build.push(answer.data?.build as Node);
  }
  return answers;
}

function keyOf(node: Node, kind: Kind): string {
  return kind === 'issue' ? `${node.version}@${node.id}` : String(node.id);
}

function comparable(nodes: readonly Node[], kind: Kind): unknown[] {
  const orderless = nodes.map(withoutOrderOfArrival);
  return TIMED.includes(kind) ? orderless : orderless.toSorted((a, b) => (keyOf(a, kind) < keyOf(b, kind) ? -1 : 1));
}

function withoutOrderOfArrival({ timestamp: _timestamp, ...node }: Node): Node {
  const conflicts = node.conflicts as readonly { field: string; values: readonly { value: unknown }[] }[];
  const known = conflicts.map(({ field, values }) => ({ field, values: values.map(({ value }) => value).toSorted() }));
  const unlike = Object.fromEntries(conflicts.map(({ field }) => [field, 'one of the conflicting values']));
  return { ...node, ...unlike, conflicts: known };
}
