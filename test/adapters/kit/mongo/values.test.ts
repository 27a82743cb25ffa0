import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import {
  booleanOf,
  documentOf,
  durationOf,
  idAt,
  idOf,
  integerOf,
  listOf,
  numberOf,
  textOf,
  timeOf,
  timeOfId,
  toJson,
} from '../../../../adapters/kit/mongo/documents.ts';
import { miscOf } from '../../../../adapters/maestro-mongo/translate.ts';

const HEX = '605a2b30c2d1e4b7a90f1a01';
const ID = new ObjectId(HEX);

describe('values of documents', () => {
  it.each([
    ['a number of an int32', numberOf(new Int32(5)), 5],
    ['a number of a double', numberOf(new Double(5.5)), 5.5],
    ['a number of an int64', numberOf(Long.fromNumber(2 ** 40)), 2 ** 40],
    ['a number of a decimal', numberOf(Decimal128.fromString('1.25')), 1.25],
    ['a number of text', numberOf('412.5'), 412.5],
    ['no number of other text', numberOf('5 s'), null],
    ['no number of NaN', numberOf(Number.NaN), null],
    ['no number of a boolean', numberOf(true), null],
    ['a whole number', integerOf(new Double(7)), 7],
    ['no whole number of a fraction', integerOf(7.5), null],
    ['no whole number beyond what is exact', integerOf(Long.fromString('9007199254740993')), null],
    ['text', textOf('x'), 'x'],
    ['no text where it is empty', textOf(''), null],
    ['text of a number', textOf(new Int32(3)), '3'],
    ['text of an id', textOf(ID), HEX],
    ['no text of a document', textOf({}), null],
    ['a boolean of a number', booleanOf(1), true],
    ['a boolean of text', booleanOf('false'), false],
    ['no boolean of other text', booleanOf('maybe'), null],
    ['an id', idOf(ID), HEX],
    ['an id of text', idOf(HEX.toUpperCase()), HEX],
    ['no id of other text', idOf('605a'), null],
    ['no id of a number', idOf(7), null],
    ['a time of a date', timeOf(new Date('2021-03-23T17:57:04.118Z')), '2021-03-23T17:57:04.118000Z'],
    ['a time of text without an offset', timeOf('2021-03-23T20:29:40.114318'), '2021-03-23T20:29:40.114318Z'],
    ['a time of text with an offset', timeOf('2021-03-23T20:29:40+02:00'), '2021-03-23T18:29:40.000000Z'],
    ['a time of text with a blank', timeOf('2021-03-23 20:29:40'), '2021-03-23T20:29:40.000000Z'],
    ['no time of a date out of range', timeOf(new Date(Number.NaN)), null],
    ['no time after the year 9999', timeOf(new Date(Date.UTC(12_000, 0))), null],
    ['no time before the year 1', timeOf(new Date(Date.UTC(-5, 0))), null],
    ['no time of a number', timeOf(5), null],
    ['a duration of a date', durationOf(new Date(21_340)), 21.34],
    ['a duration of a number', durationOf(new Int32(30)), 30],
    ['no duration of -1', durationOf(-1), null],
    ['no duration of a date out of range', durationOf(new Date(Number.NaN)), null],
    ['a list of one value', listOf('a'), ['a']],
    ['a list of none', listOf(null), []],
    ['no document of a date', documentOf(new Date()), null],
    ['no document of an id', documentOf(ID), null],
    ['a document', documentOf({ a: 1 }), { a: 1 }],
    ['the time of an id', timeOfId(HEX), '2021-03-23T17:53:52.000000Z'],
    ['no time of what is no id', timeOfId('x'), null],
    ['the least id of a time', idAt(Date.parse('2021-03-23T17:53:52Z')).toHexString(), '605a2b300000000000000000'],
    ['the least id of a time before all', idAt(-5).toHexString(), '000000000000000000000000'],
  ])('give %s', (_, given, wanted) => {
    expect(given).toEqual(wanted);
  });

  it('become JSON, whatever they are', () => {
    const value = {
      id: ID,
      at: new Date(0),
      never: new Date(Number.NaN),
      long: Long.fromNumber(5),
      none: undefined,
      list: [ID],
    };
    expect(toJson({ ...value, bytes: new Binary(Buffer.from('x')), nested: { a: [null, true, ''] } })).toEqual({
      id: HEX,
      at: '1970-01-01T00:00:00.000000Z',
      never: null,
      long: 5,
      none: null,
      list: [HEX],
      bytes: null,
      nested: { a: [null, true, ''] },
    });
  });

  it('become JSON with every digit of a long', () => {
    const json = miscOf({
      ns: Long.fromString('1753000000123456789'),
      list: [{ min: Long.MIN_VALUE }],
      small: Long.ONE,
    });
    expect(JSON.stringify(json)).toBe('{"ns":1753000000123456789,"list":[{"min":-9223372036854775808}],"small":1}');
  });

  it('become JSON however deep they are', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    expect(() => toJson(deep)).not.toThrow();
  });
});
