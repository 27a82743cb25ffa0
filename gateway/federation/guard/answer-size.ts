/** Bytes that an object or a reference takes beside its texts, roughly. */
const EACH = 16;

/** About how many bytes an answer takes in memory; it is not looked at further once it is above `limit`. */
export function answerSize(answer: unknown, limit: number): number {
  const meter = new AnswerMeter(answer);
  while (meter.size <= limit && meter.walk(Number.POSITIVE_INFINITY));
  return meter.size;
}

/** Measures about how many bytes an answer takes in memory, as far at a time as there is time for. */
export class AnswerMeter {
  /** Of what was looked at so far. */
  size = 0;
  readonly #left: unknown[];

  constructor(answer: unknown) {
    this.#left = [answer];
  }

  /** Looks at about so many values. Gives whether there are more. */
  walk(values: number): boolean {
    const left = this.#left;
    let size = 0;
    // The scalars of an object are not queued, and `for in` makes no list of them: this runs over every answer.
    const add = (value: unknown) => {
      size += EACH;
      if (typeof value === 'string') size += value.length * 2;
      else if (typeof value === 'object' && value !== null) left.push(value);
    };
    for (let seen = 0; seen < values && left.length > 0; ) {
      const next = left.pop();
      const before = size;
      if (Array.isArray(next)) for (const item of next) add(item);
      else if (next instanceof Map) {
        for (const [key, item] of next) {
          add(key);
          add(item);
        }
      } else if (typeof next === 'object' && next !== null) {
        const object = next as Readonly<Record<string, unknown>>;
        for (const key in object) add(object[key]);
      } else add(next);
      seen += 1 + (size - before) / EACH;
    }
    this.size += size;
    return left.length > 0;
  }
}
