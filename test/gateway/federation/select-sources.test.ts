import { describe, expect, it } from 'vitest';
import { fitsKeys, keysExclude } from '../../../gateway/federation/select-sources.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

describe('keys', () => {
  it.each([
    [undefined, 'anything', true],
    ['^syzbot:', 'syzbot:1', true],
    ['^syzbot:', 'maestro:syzbot:1', false],
  ])('of the pattern %s leave room for %s: %s', (pattern, key, fits) => {
    expect(fitsKeys(pattern, key)).toBe(fits);
  });

  it.each([
    [['^syzbot:', '^redhat:'], true],
    [['^(maestro|kernelci):', '^redhat:'], true],
    [['^(?:maestro|kernelci):', '^kernelci:x'], false],
    [['^syzbot:', '^syzbot:ext'], false],
    [['^syzbot:', undefined], false],
    [['syzbot:', '^redhat:'], false],
    [['^a?b', '^c'], false],
    [['^ab*', '^ac'], false],
    [['^.*', '^c'], false],
  ])('of the patterns %j exclude each other: %s', (patterns, apart) => {
    expect(keysExclude(patterns)).toBe(apart);
  });

  it('that a source cannot hold are not asked of it', async () => {
    const mine = new ArrayAdapter({ documents: knownDocuments() });
    const other = new ArrayAdapter({ documents: [], keys: '^syzbot:' });
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
