/** A value of a statement, with the PostgreSQL type that it is sent as. Used twice, it is sent once. */
class Parameter {
  readonly value: unknown;
  readonly type: string;

  constructor(value: unknown, type: string) {
    this.value = value;
    this.type = type;
  }
}

/** A piece of SQL: text and the parameters between it. */
export class Sql {
  readonly parts: readonly (string | Parameter)[];

  constructor(parts: readonly (string | Parameter)[]) {
    this.parts = parts;
  }
}

/** A statement as the server takes it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** SQL from a template: pieces of SQL only, so that a value cannot slip into the text; values go through {@link param}. */
export function sql(strings: TemplateStringsArray, ...pieces: readonly Sql[]): Sql {
  return new Sql(strings.flatMap((text, index) => [text, ...(pieces[index]?.parts ?? [])]));
}

/** Text of our own making: names of columns, numbers that shape the plan. Never what a client sent. */
export function raw(text: string): Sql {
  return new Sql([text]);
}

/** A value, cast to a PostgreSQL type. */
export function param(value: unknown, type: string): Sql {
  return new Sql([new Parameter(value, type)]);
}

export function joined(pieces: readonly Sql[], separator: string): Sql {
  return new Sql(pieces.flatMap((piece, index) => (index === 0 ? piece.parts : [separator, ...piece.parts])));
}

/** All of the conditions; true where there is none. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('true') : joined(conditions, ' AND ');
}

/** Numbers the parameters in the order of their first use. */
export function toStatement(piece: Sql): Statement {
  const numbers = new Map<Parameter, number>();
  let text = '';
  for (const part of piece.parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const number = numbers.get(part) ?? numbers.size + 1;
    numbers.set(part, number);
    text += `$${number}::${part.type}`;
  }
  return { text, values: [...numbers.keys()].map((parameter) => parameter.value) };
}
