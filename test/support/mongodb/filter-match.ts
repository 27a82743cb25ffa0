import type { Document } from 'bson';

/** Whether a document fits a filter, of what the adapters ask: comparisons, `$in`, `$regex`, `$exists`, `$and`, `$or`. */
export function fits(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    if (field === '$and') return condition.every((each: Document) => fits(document, each));
    if (field === '$or') return condition.some((each: Document) => fits(document, each));
    if (field.startsWith('$')) throw new Error(`The operator ${field} is not known here.`);
    return fitsCondition(valueAt(document, field.split('.')), condition);
  });
}

/** A value at a dotted path; of a list the values in it. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value) && !/^\d+$/.test(first)) return value.map((item) => valueAt(item, path));
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt(Reflect.get(value, first), rest);
}

export function isOperators(condition: unknown): condition is Document {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return false;
  const keys = Object.keys(condition);
  return keys.length > 0 && keys.every((key) => key.startsWith('$'));
}

function fitsCondition(value: unknown, condition: unknown): boolean {
  if (!isOperators(condition)) return isEqual(value, condition);
  return Object.entries(condition).every(([operator, operand]) => {
    switch (operator) {
      case '$eq':
        return isEqual(value, operand);
      case '$ne':
        return !isEqual(value, operand);
      case '$in':
        return operand.some((each: unknown) => isEqual(value, each));
      case '$nin':
        return !operand.some((each: unknown) => isEqual(value, each));
      case '$not':
        return !fitsCondition(value, operand);
      case '$type':
        return [operand].flat().includes(typeOf(value));
      case '$exists':
        return (value !== undefined) === Boolean(operand);
      case '$regex':
        return typeof value === 'string' && new RegExp(operand).test(value);
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte':
        return isInRange(value, operator, operand);
      default:
        throw new Error(`The operator ${operator} is not known here.`);
    }
  });
}

/** The name that MongoDB gives a type. */
function typeOf(value: unknown): string {
  if (value instanceof Date) return 'date';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'object' && value !== null && '_bsontype' in value) {
    return value._bsontype === 'ObjectId' ? 'objectId' : String(value._bsontype).toLowerCase();
  }
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function isEqual(value: unknown, other: unknown): boolean {
  if (Array.isArray(value) && !Array.isArray(other)) return value.some((item) => isEqual(item, other));
  if (other instanceof RegExp) return typeof value === 'string' && other.test(value);
  return comparable(value) === comparable(other);
}

/** Values of one kind alone are compared. */
function isInRange(value: unknown, operator: string, operand: unknown): boolean {
  const [one, other] = [comparable(value), comparable(operand)];
  if (one === null || other === null || one.slice(0, 2) !== other.slice(0, 2)) return false;
  if (operator === '$gt') return one > other;
  if (operator === '$gte') return one >= other;
  return operator === '$lt' ? one < other : one <= other;
}

/** Text by which values of one kind stand in order, its kind before it. */
export function comparable(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return `d ${String(value.getTime() + 1e15).padStart(17, '0')}`;
  if (typeof value === 'string') return `s ${value}`;
  if (typeof value === 'number') return `n ${String(value + 1e15).padStart(17, '0')}`;
  if (typeof value === 'boolean') return `b ${value}`;
  if (typeof value === 'object' && '_bsontype' in value) return `o ${String(value)}`;
  return `j ${JSON.stringify(value)}`;
}
