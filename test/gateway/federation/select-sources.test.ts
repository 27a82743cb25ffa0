import { describe, expect, it } from 'vitest';
import { fitsKeys, type Keys, NO_KEYS } from '../../../adapters/contract/adapter.ts';
import { keysExclude } from '../../../gateway/federation/source-plan.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

describe('keys', () => {
  it.each<[Keys | undefined, string, boolean]>([
    [undefined, 'anything', true],
    [{ origins: ['syzbot'] }, 'syzbot:1', true],
    [{ origins: ['syzbot'] }, 'maestro:syzbot:1', false],
    [{ origins: ['syzbot'] }, 'syzbot', false],
    [{ origins: ['syzbot', ''] }, '4711', true],
    [{ notOrigins: ['syzbot'] }, 'syzbot:1', false],
    [{ notOrigins: ['syzbot'] }, 'maestro:1', true],
    [{ origins: ['syzbot'], pattern: '^syzbot:[0-9]+$' }, 'syzbot:x', false],
    [{ pattern: '^[0-9a-f]{40}$' }, 'x', false],
    [NO_KEYS, 'syzbot:1', false],
  ])('%j leave room for %s: %s', (keys, key, fits) => {
    expect(fitsKeys(keys, key)).toBe(fits);
  });

  it.each<[(Keys | undefined)[], boolean]>([
    [[{ origins: ['syzbot'] }, { origins: ['redhat'] }], true],
    [[{ origins: ['maestro', 'kernelci'] }, { origins: ['redhat'] }], true],
    [[{ origins: ['maestro', 'kernelci'] }, { origins: ['kernelci'] }], false],
    [[{ origins: ['syzbot'] }, undefined], false],
    [[{ origins: ['syzbot'] }, { notOrigins: ['syzbot', 'redhat'] }], true],
    [[{ notOrigins: ['syzbot'] }, { origins: ['syzbot', 'redhat'] }], false],
    [[{ notOrigins: ['syzbot'] }, { notOrigins: ['redhat'] }], false],
    [
      [
        { origins: ['a'], pattern: '^a:1' },
        { origins: ['a'], pattern: '^a:2' },
      ],
      false,
    ],
    [[{ origins: ['a'] }, { origins: ['b'] }, { origins: ['a'] }], false],
  ])('%j exclude each other: %s', (keys, apart) => {
    expect(keysExclude(keys)).toBe(apart);
  });

  it('that a source cannot hold are not asked of it', async () => {
    const mine = new ArrayAdapter({ documents: knownDocuments() });
    const other = new ArrayAdapter({ documents: [], keys: { origins: ['syzbot'] } });
    const gateway = new FederatedGateway([
      { name: 'mine', adapter: mine },
      { name: 'syzbot', adapter: other },
    ]);
    const id = knownDocuments().find(({ entity }) => entity === 'build')?.object.id;
    const query =
      'query ($id: ID!) { build(id: $id) { sources tests { nodes { id } totalCount } incidents { nodes { id } } } }';
    const { data, errors, report } = await gateway.ask(query, { id });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ build: { sources: ['mine'] } });
    expect(other.requests).toBe(0);
    expect(Object.keys(report.extensions.sources)).toEqual(['mine']);
  });

  it('of named sources hold for everything below a root field, and each root field has its own', async () => {
    const [a, b] = [
      new ArrayAdapter({ documents: knownDocuments() }),
      new ArrayAdapter({ documents: knownDocuments() }),
    ];
    const gateway = new FederatedGateway([
      { name: 'a', adapter: a },
      { name: 'b', adapter: b },
    ]);
    const query = `{
      first: builds(first: 3, sources: ["a"]) { ...below }
      second: builds(first: 3, sources: ["b"]) { ...below }
      all: builds(first: 3) { ...below }
    }
    fragment below on BuildConnection { nodes { sources checkout { sources revision { sources } } tests { nodes { sources } } } }`;
    const { data } = await gateway.ask<Record<'first' | 'second' | 'all', unknown>>(query);
    const named = (value: unknown) => new Set(JSON.stringify(value).match(/\[("[ab]",?)+\]/g));
    expect(named(data.first)).toEqual(new Set(['["a"]']));
    expect(named(data.second)).toEqual(new Set(['["b"]']));
    expect(named(data.all)).toEqual(new Set(['["a","b"]']));
  });
});
