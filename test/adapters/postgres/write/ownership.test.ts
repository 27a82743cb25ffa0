import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter, Loaded, StoredObject } from '../../../../adapters/contract/adapter.ts';
import { allFields } from '../../../../adapters/contract/fields.ts';
import { ownerOf } from '../../../../adapters/contract/keys.ts';
import { ENTITY_NAMES, type EntityName } from '../../../../adapters/contract/model.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { build, checkout, incident, issue, test } from '../../../support/model-objects.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';
import { callFor, postgresSource } from '../../../support/postgres-source.ts';

type Document = readonly StoredObject[];

const ORIGINS = ['own', 'arm', 'redhat'];
const text = fc.constantFrom(null, '', 'a', 'b');
const files = fc.constantFrom(null, [], [{ name: 'log', url: 'https://a/' }], [{ name: 'log', url: 'https://b/' }]);
const misc = fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c.d'), fc.constantFrom(null, '', 1, 2, [], [1])));
const flag = fc.constantFrom(null, true, false);
const time = fc.constantFrom(null, '2026-02-01T10:00:00.000001Z', '2026-02-02T10:00:00.000000Z');
const common = { comment: text, misc, origin: fc.constantFrom(...ORIGINS), number: fc.nat(1) };

/** A report of one of two objects of a kind, which belong to `own`. */
const report = (run: () => string): fc.Arbitrary<StoredObject> => {
  const id = (kind: string, number: number) => `own:${run()}-${kind}${number}`;
  return fc.oneof(
    fc
      .record({
        ...common,
        treeName: text,
        gitRepositoryUrl: fc.constantFrom(null, 'https://a/x.git', 'https://b/x'),
        gitCommitTags: fc.constantFrom(null, [], ['v1'], ['v2']),
        patchsetFiles: files,
        startTime: time,
        logExcerpt: text,
        valid: flag,
      })
      .map(({ number, ...given }) => checkout({ id: id('c', number), ...given })),
    fc
      .record({
        ...common,
        duration: fc.constantFrom(null, 0.1, 1e25),
        outputFiles: files,
        logExcerpt: text,
        startTime: time,
      })
      .map(({ number, ...given }) => build({ id: id('b', number), ...given })),
    fc
      .record({
        ...common,
        status: fc.constantFrom(null, 'PASS', 'FAIL'),
        buildId: fc.constantFrom('own:b', 'arm:b'),
        environment: fc.option(fc.record({ comment: text, compatible: fc.constantFrom(null, [], ['x']), misc })),
        logExcerpt: text,
      })
      .map(({ number, ...given }) => test({ id: id('t', number), ...given })),
    fc
      .record({
        ...common,
        version: fc.nat(1),
        culprit: fc.option(fc.record({ code: flag, tool: flag, harness: flag })),
      })
      .map(({ number, ...given }) => issue({ id: id('i', number), ...given })),
    fc
      .record({ ...common, present: flag, testId: fc.constantFrom(null, 'own:t', 'arm:t') })
      .map(({ number, ...given }) => incident({ id: id('n', number), ...given })),
  );
};

describe("an object in the store, whatever others say of their owner's objects", { timeout: 120_000 }, () => {
  const postgres = usePostgres();
  let url: string;
  let mixed: Adapter;
  let alone: Adapter;
  let loads = 0;
  const opened = async (database: string) => {
    const { source } = postgresSource(database);
    await source.start();
    return source;
  };
  beforeAll(async () => {
    url = await postgres.migrated();
    [mixed, alone] = [await opened(url), await opened(await postgres.migrated())];
  }, 120_000);
  afterAll(() => Promise.all([mixed.stop(), alone.stop()]));

  async function load(source: Adapter, document: Document): Promise<Loaded> {
    if (source.store === undefined) throw new Error('The source is no store.');
    const stream = async function* () {
      yield* document;
    };
    loads += 1;
    return source.store.load(stream(), { origins: null, submission: `load-${loads}` }, callFor([]));
  }

  /** All that is shown of the objects that documents are about, by kind and key. */
  async function shown(source: Adapter, documents: readonly Document[]): Promise<ReadonlyMap<string, object>> {
    const all = new Map<string, object>();
    for (const entity of ENTITY_NAMES) {
      const keys = new Set(documents.flat().flatMap((said) => (said.entity === entity ? [keyOf(said)] : [])));
      const found = await asking(source).get(entity, [...keys], callFor(allFields(entity)));
      for (const [key, answer] of found) {
        if (!('object' in answer)) throw answer;
        all.set(`${entity} ${key}`, { ...answer.object });
      }
    }
    return all;
  }

  let run = 0;
  const isOwners = ({ object }: StoredObject) => object.origin === ownerOf(object.id);
  const fieldsOf = (objects: ReadonlyMap<string, object>) =>
    new Map([...objects].map(([key, object]) => [key, { ...object, timestamp: null, conflicts: null }]));

  it("is what the owner's documents alone make of it, and is changed by nothing that comes again", async () => {
    const documents = fc.array(
      fc.array(
        report(() => `run${run}`),
        { minLength: 1, maxLength: 6 },
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc
        .asyncProperty(documents, fc.infiniteStream(fc.nat()), async (given, random) => {
          for (const document of given) await load(mixed, document);
          const own = given.map((document) => document.filter(isOwners)).filter((document) => document.length > 0);
          for (const document of own) await load(alone, document);
          const before = await shown(mixed, given);
          const owned = new Map(
            [...before].filter(([key]) => own.flat().some((said) => `${said.entity} ${keyOf(said)}` === key)),
          );
          expect(fieldsOf(owned)).toEqual(fieldsOf(await shown(alone, own)));
          const again = [...given, ...given].sort(() => ((random.next().value ?? 0) % 3) - 1);
          for (const document of again) {
            const counts = await load(mixed, document);
            for (const entity of ENTITY_NAMES) expect(counts[entity]).toMatchObject({ added: 0, changed: 0 });
          }
          expect(await shown(mixed, given)).toEqual(before);
        })
        .beforeEach(() => {
          run += 1;
        }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  const first = { id: 'own:takes', comment: 'theirs', logExcerpt: 'their log', misc: { lab: 'x' } };
  const theirs = build({ ...first, origin: 'arm', status: 'FAIL', outputFiles: [{ name: 'a', url: 'https://a/' }] });

  it('shows nothing of what others said first once its owner has reported, and their values as conflicts', async () => {
    expect(await load(mixed, [theirs])).toMatchObject({ conflicts: 0, firstConflict: null });
    expect(await load(mixed, [build({ id: 'own:takes', comment: 'mine' })])).toMatchObject({
      build: { added: 0, changed: 1, unchanged: 0 },
      conflicts: 0,
    });
    const takes = (await shown(mixed, [[theirs]])).get('build own:takes');
    expect(takes).toMatchObject({
      origin: 'own',
      comment: 'mine',
      logExcerpt: null,
      status: null,
      misc: null,
      outputFiles: null,
    });
    const said = (value: unknown) => expect.objectContaining({ value, origin: 'arm', at: expect.any(String) });
    const nothing = { value: null, source: null, origin: 'own', at: null };
    expect(takes).toMatchObject({
      conflicts: [
        { field: 'comment', values: [{ ...nothing, value: 'mine' }, said('theirs')] },
        { field: 'logExcerpt', values: [nothing, said('their log')] },
        { field: 'misc.lab', values: [nothing, said('x')] },
        { field: 'origin', values: [{ ...nothing, value: 'own' }, said('arm')] },
        { field: 'outputFiles', values: [nothing, said([{ name: 'a', url: 'https://a/' }])] },
        { field: 'status', values: [nothing, said('FAIL')] },
      ],
    });
  });

  it('is filled by its owner later, and what agrees with others then is no conflict any more', async () => {
    await load(mixed, [
      build({ id: 'own:fills' }),
      build({ id: 'own:fills', origin: 'arm', comment: 'same', logExcerpt: '' }),
    ]);
    const fields = async () => {
      const object = (await shown(mixed, [[build({ id: 'own:fills' })]])).get('build own:fills');
      return { comment: Reflect.get(object ?? {}, 'comment'), conflicts: Reflect.get(object ?? {}, 'conflicts') };
    };
    expect(await fields()).toMatchObject({ comment: null, conflicts: [{ field: 'comment' }, { field: 'origin' }] });
    await load(mixed, [build({ id: 'own:fills', comment: 'same' })]);
    expect(await fields()).toMatchObject({ comment: 'same', conflicts: [{ field: 'origin' }] });
  });

  it('that was stored when the first one to store it owned it stays readable, until its owner reports again', async () => {
    const id = 'own:before';
    await load(mixed, [test({ id, origin: 'arm', comment: 'theirs', status: 'PASS' })]);
    // What the owner said later was a conflict then.
    await execute(
      url,
      `INSERT INTO conflicts (entity, id, version, field, value, origin, at)
        SELECT 'test', '${id}', 0, field, value::jsonb, 'own', now()
        FROM (VALUES ('origin', '"own"'), ('comment', '"mine"'), ('logUrl', '""')) AS said(field, value)`,
    );
    const read = async () => (await shown(mixed, [[test({ id })]])).get(`test ${id}`);
    expect(await read()).toMatchObject({
      origin: 'arm',
      comment: 'theirs',
      conflicts: [
        { field: 'comment', values: [{ value: 'theirs' }, { value: 'mine' }] },
        { field: 'origin', values: [{ value: 'arm' }, { value: 'own' }] },
      ],
    });
    await load(mixed, [test({ id, comment: 'mine' })]);
    expect(await read()).toMatchObject({
      origin: 'own',
      comment: 'mine',
      status: null,
      conflicts: [
        { field: 'comment', values: [{ value: 'mine' }, { value: 'theirs', origin: 'arm' }] },
        { field: 'origin', values: [{ value: 'own' }, { value: 'arm', origin: 'arm' }] },
        { field: 'status', values: [{ value: null }, { value: 'PASS', origin: 'arm' }] },
      ],
    });
  });

  it('counts once a document in which another origin reports it, and the first in the order of the document is named', async () => {
    const arm = (id: string, entity: typeof build | typeof test = test) => entity({ id, origin: 'arm', comment: 'x' });
    await load(mixed, [test({ id: 'own:x' }), test({ id: 'own:y' }), build({ id: 'own:z' })]);
    const document = [
      arm('own:y'),
      arm('own:x'),
      arm('own:x'),
      arm('own:z', build),
      arm('own:new'),
      test({ id: 'own:y' }),
    ];
    for (const _ of [1, 2]) {
      expect(await load(mixed, document)).toMatchObject({ conflicts: 3, firstConflict: 'own:y' });
    }
    // The owner of `own:new` comes: it was the other's until now.
    expect(await load(mixed, [test({ id: 'own:new' })])).toMatchObject({ conflicts: 0, firstConflict: null });
    expect(await load(mixed, document)).toMatchObject({ conflicts: 4 });
  });
});

function keyOf({ entity, object }: StoredObject): string {
  const kind: EntityName = entity;
  return kind === 'issue' && 'version' in object ? `${object.version}@${object.id}` : object.id;
}
