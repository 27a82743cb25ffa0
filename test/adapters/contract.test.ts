import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CONTRACT, issueTie, RELATION_TARGETS } from '../../adapters/contract/adapter.ts';
import { SOURCE_ERROR_CODES, SourceError } from '../../adapters/contract/errors.ts';
import { allFields, MODEL_FIELDS } from '../../adapters/contract/fields.ts';
import { ENTITY_NAMES } from '../../adapters/contract/model.ts';
import { latestRules } from '../../adapters/kit/kcidb/validator.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

describe('the tie of a version of an issue', () => {
  const versions = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

  it('sorts as text as the versions sort as numbers', () => {
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        const [left, right] = [issueTie('a:b', one), issueTie('a:b', other)];
        expect(Buffer.compare(Buffer.from(left), Buffer.from(right))).toBe(Math.sign(one - other));
      }),
    );
  });

  it('is the id, a space, and the version in 20 digits', () => {
    expect(issueTie('maestro:x', 9_007_199_254_740_991)).toBe('maestro:x 00009007199254740991');
  });
});

describe('a SourceError', () => {
  it('carries its code, and what the source told of it', () => {
    const error = new SourceError('SOURCE_RATE_LIMITED', 'It asks for patience.', { retryAfterMs: 5000 });
    expect(error).toMatchObject({ name: 'SourceError', code: 'SOURCE_RATE_LIMITED', retryAfterMs: 5000, id: null });
    expect(new SourceError('SOURCE_BAD_DATA', 'It makes no sense.', { id: 'a:1' })).toMatchObject({
      id: 'a:1',
      retryAfterMs: null,
    });
  });

  it('keeps what lies behind it out of its message', () => {
    const error = new SourceError('SOURCE_UNAVAILABLE', 'It does not answer.', {
      cause: new Error('connect 10.0.0.1:5432'),
    });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('10.0.0.1');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('has one of the codes that the table names', () => {
    expect(new Set(SOURCE_ERROR_CODES).size).toBe(SOURCE_ERROR_CODES.length);
    for (const code of SOURCE_ERROR_CODES) expect(code).toMatch(/^SOURCE_[A-Z_]+$/);
  });
});

describe('the common model', () => {
  for (const entity of ENTITY_NAMES) {
    it(`has of a ${entity} every field of KCIDB's newest version, in camel case`, () => {
      const names = Object.keys(latestRules().version.objects[entity] ?? {});
      const camel = names.map((name) =>
        name.replace(/^_/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      );
      expect(names.length).toBeGreaterThan(5);
      expect([...camel, 'conflicts'].sort()).toEqual([...allFields(entity)].sort());
    });

    it(`has of a ${entity} every field that the schema shows, but for what the gateway makes`, () => {
      const type = schema.getType(`${entity.charAt(0).toUpperCase()}${entity.slice(1)}`);
      if (!(type instanceof GraphQLObjectType)) throw new Error(`The schema has no type for a ${entity}.`);
      const shown = Object.keys(type.getFields());
      expect(Object.keys(MODEL_FIELDS[entity]).filter((name) => !shown.includes(name))).toEqual([]);
    });
  }
});

it('every relation names its parent, and gives an entity', () => {
  expect(CONTRACT).toBe(2);
  for (const [relation, target] of Object.entries(RELATION_TARGETS)) {
    expect(relation).toMatch(
      /^(checkouts|builds|tests|issues|incidents|versions)Of(Revision|Checkout|Build|Test|Issue)$/,
    );
    expect(ENTITY_NAMES).toContain(target);
  }
});
