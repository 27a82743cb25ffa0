import {
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
import type { Random } from '../../support/random.ts';

/** What a document has, as written or as asked. */
export const TRAITS = [
  'condition by literal',
  'condition by variable',
  'both conditions on one selection',
  'condition on a fragment',
  'fragment at several places',
  'fragment at several places with other conditions',
  'several operations',
  'default of a variable',
  'variable that is null',
  'variable that is absent',
  'variable within a literal',
  'condition that is null',
  'interface Node',
  'alias',
  'field at several places of one object',
  'changed conditions between two sightings',
] as const;
export type Trait = (typeof TRAITS)[number];

export interface RandomRequest {
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface RandomDocument {
  readonly text: string;
  readonly document: DocumentNode;
  /** Requests in their order: each of them several times, in turn. */
  readonly requests: readonly RandomRequest[];
  readonly traits: ReadonlySet<Trait>;
}

/** A variable that arguments take, with values of every kind. */
export interface ArgumentVariable {
  readonly type: string;
  /** Texts of defaults; without one, the variable has none. */
  readonly defaults: readonly string[];
  readonly values: readonly unknown[];
}

/** What random documents over a schema are made of. */
export interface Vocabulary {
  readonly schema: GraphQLSchema;
  /** By `Type.field`: the argument lists to choose from, the first of them without an alias of its own. */
  readonly args: Readonly<Record<string, readonly string[]>>;
  readonly variables: Readonly<Record<string, ArgumentVariable>>;
  /** `Type.field` of what answers otherwise each time. */
  readonly without: ReadonlySet<string>;
}

const CONDITIONS = ['c0', 'c1', 'c2'] as const;
/** How a condition is declared: with which default. */
const DECLARATIONS = ['Boolean!', 'Boolean!', 'Boolean! = true', 'Boolean! = false', 'Boolean = true'] as const;
const ABSENT = Symbol('absent');

interface Choice {
  readonly name: string;
  readonly type: GraphQLOutputType;
}

interface Fragment {
  readonly name: string;
  readonly on: string;
  readonly text: string;
}

/** Makes random valid documents: the same ones from the same chance. */
export class DocumentMaker {
  readonly #vocabulary: Vocabulary;
  readonly #random: Random;
  readonly #choices = new Map<string, readonly Choice[]>();
  #fragments: Fragment[] = [];
  #traits = new Set<Trait>();

  constructor(vocabulary: Vocabulary, random: Random) {
    this.#vocabulary = vocabulary;
    this.#random = random;
  }

  next(): RandomDocument {
    for (;;) {
      const made = this.#make();
      if (made !== null) return made;
    }
  }

  #make(): RandomDocument | null {
    const random = this.#random;
    const { schema } = this.#vocabulary;
    this.#fragments = [];
    this.#traits = new Set();
    for (let number = random.below(4); number > 0; number--) {
      const on = random.pick(this.#composites());
      this.#fragments.unshift({ name: `F${number}`, on, text: this.#selections(on, 1 + random.below(2)) });
    }
    const declared = Object.fromEntries(CONDITIONS.map((name) => [name, random.pick(DECLARATIONS)]));
    const operations = Array.from({ length: random.chance(0.25) ? 2 : 1 }, (_, index) => {
      const body = this.#selections('Query', 2 + random.below(3));
      return { name: `Op${index}`, body, uses: this.#uses(body) };
    });
    const used = new Set(operations.flatMap(({ uses }) => [...uses.fragments]));
    const definitions = new Map<string, string>();
    for (const name of CONDITIONS) definitions.set(name, declared[name] ?? 'Boolean!');
    for (const [name, { type, defaults }] of Object.entries(this.#vocabulary.variables)) {
      const text = random.chance(0.5) && defaults.length > 0 ? ` = ${random.pick(defaults)}` : '';
      definitions.set(name, `${type}${text}`);
    }
    const text = [
      ...operations.map(({ name, body, uses }) => {
        const variables = [...uses.variables].map((variable) => `$${variable}: ${definitions.get(variable)}`);
        return `query ${name}${variables.length > 0 ? `(${variables.join(', ')})` : ''} ${body}`;
      }),
      ...this.#fragments
        .filter(({ name }) => used.has(name))
        .map(({ name, on, text: body }) => `fragment ${name} on ${on} ${body}`),
    ].join('\n');
    const document = parse(text);
    if (validate(schema, document, undefined, { maxErrors: 1 }).length > 0) return null;

    this.#traits = traitsOf(document);
    const requests = [0, 1].map(() => {
      const { name, uses } = random.pick(operations);
      return { operationName: name, variables: this.#values(uses.variables, definitions) };
    });
    const [first, second] = requests;
    const changes = CONDITIONS.some((name) => first?.variables[name] !== second?.variables[name]);
    if (changes && first?.operationName === second?.operationName) {
      this.#traits.add('changed conditions between two sightings');
    }
    return { text, document, requests, traits: this.#traits };
  }

  #composites(): readonly string[] {
    return Object.values(this.#vocabulary.schema.getTypeMap())
      .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
      .map(({ name }) => name)
      .filter((name) => name !== 'Mutation' && this.#fieldsOf(name).length > 0);
  }

  #fieldsOf(typeName: string): readonly Choice[] {
    let choices = this.#choices.get(typeName);
    if (choices === undefined) {
      const type = this.#vocabulary.schema.getType(typeName);
      const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
      choices = fields.filter(({ name }) => !this.#vocabulary.without.has(`${typeName}.${name}`));
      this.#choices.set(typeName, choices);
    }
    return choices;
  }

  #selections(typeName: string, depth: number): string {
    const random = this.#random;
    const parts: string[] = [];
    for (let count = 1 + random.below(4); count > 0; count--) {
      const kind = random.next();
      if (kind < 0.12 && depth > 0) parts.push(this.#inlineFragment(typeName, depth));
      else if (kind < 0.4) parts.push(this.#spread(typeName) ?? this.#field(typeName, depth));
      else parts.push(this.#field(typeName, depth));
      // Once more, in another place: merged.
      if (random.chance(0.1)) parts.push(this.#again(random.pick(parts)));
    }
    return `{ ${parts.join(' ')} }`;
  }

  /** The same selection, with another condition. */
  #again(part: string): string {
    const at = part.search(/[@{]/);
    if (part.startsWith('...') || at !== -1) return part;
    return `${part} ${this.#directives()}`;
  }

  #field(typeName: string, depth: number): string {
    const random = this.#random;
    const choices = this.#fieldsOf(typeName).filter(({ type }) => depth > 0 || !isCompositeType(getNamedType(type)));
    if (choices.length === 0 || random.chance(0.08)) return `__typename ${this.#directives()}`;
    const { name, type } = random.pick(choices);
    const lists = this.#vocabulary.args[`${typeName}.${name}`] ?? [''];
    const index = random.below(lists.length);
    const own = index === 0 ? '' : `${name}${index}: `;
    // An alias of several fields is refused by validation where they meet, and merges where they do not.
    const common = [`x${name}${index}: `, `y${name}${index}: `, 'a: ', '_: '];
    const alias = random.chance(0.1) ? random.pick(random.chance(0.1) ? [`${name}_${index}: `] : common) : own;
    const below = isCompositeType(getNamedType(type)) ? this.#selections(getNamedType(type).name, depth - 1) : '';
    return `${alias}${name}${lists[index]} ${this.#directives()} ${below}`;
  }

  #inlineFragment(typeName: string, depth: number): string {
    const type = this.#vocabulary.schema.getType(typeName);
    const random = this.#random;
    const directives = this.#directives();
    const on = isObjectType(type)
      ? random.pick(['', typeName, ...type.getInterfaces().map(({ name }) => name)])
      : random.pick(this.#possible(typeName));
    return `... ${on === '' ? '' : `on ${on}`} ${directives} ${this.#selections(on === '' ? typeName : on, depth - 1)}`;
  }

  #possible(typeName: string): readonly string[] {
    const { schema } = this.#vocabulary;
    const type = schema.getType(typeName);
    return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [];
  }

  #spread(typeName: string): string | null {
    const { schema } = this.#vocabulary;
    const type = schema.getType(typeName);
    const interfaces = isObjectType(type) ? type.getInterfaces().map(({ name }) => name) : this.#possible(typeName);
    const fitting = this.#fragments.filter(({ on }) => on === typeName || interfaces.includes(on));
    if (fitting.length === 0) return null;
    const directives = this.#directives();
    return `...${this.#random.pick(fitting).name} ${directives}`;
  }

  #directives(): string {
    const random = this.#random;
    if (!random.chance(0.2)) return '';
    const value = () => (random.chance(0.3) ? random.pick(['true', 'false']) : `$${random.pick(CONDITIONS)}`);
    const skip = `@skip(if: ${value()})`;
    const include = `@include(if: ${value()})`;
    if (random.chance(0.15)) return `${skip} ${include}`;
    return random.chance(0.5) ? skip : include;
  }

  /** What a text refers to, itself and through its fragments. */
  #uses(text: string, fragments = new Set<string>(), variables = new Set<string>()) {
    for (const [, name = ''] of text.matchAll(/\$(\w+)/g)) variables.add(name);
    for (const [, name = ''] of text.matchAll(/\.\.\.(F\d)/g)) {
      if (fragments.has(name)) continue;
      fragments.add(name);
      this.#uses(this.#fragments.find((fragment) => fragment.name === name)?.text ?? '', fragments, variables);
    }
    return { fragments, variables };
  }

  #values(names: ReadonlySet<string>, definitions: ReadonlyMap<string, string>): Record<string, unknown> {
    const random = this.#random;
    const values: Record<string, unknown> = {};
    for (const name of names) {
      const definition = definitions.get(name) ?? '';
      const hasDefault = definition.includes('=');
      const isRequired = definition.includes('!') && !definition.includes('[') && !hasDefault;
      const isCondition = CONDITIONS.some((condition) => condition === name);
      const known = isCondition ? [true, false] : (this.#vocabulary.variables[name]?.values ?? []);
      let value: unknown = random.pick(known);
      if (!isRequired && random.chance(0.25)) value = ABSENT;
      else if (!definition.split('=')[0]?.trim().endsWith('!') && random.chance(isCondition ? 0.05 : 0.2)) value = null;
      if (value === ABSENT) this.#traits.add(hasDefault ? 'default of a variable' : 'variable that is absent');
      else values[name] = value;
      if (value === null) this.#traits.add(isCondition ? 'condition that is null' : 'variable that is null');
    }
    return values;
  }
}

/** What a document has as it is written. */
function traitsOf(document: DocumentNode): Set<Trait> {
  const traits = new Set<Trait>();
  const places = new Map<string, Set<string>>();
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length > 1) traits.add('several operations');
  visit(document, {
    Directive({ arguments: [condition] = [] }) {
      traits.add(condition?.value.kind === Kind.VARIABLE ? 'condition by variable' : 'condition by literal');
    },
    SelectionSet({ selections }) {
      const fields = selections
        .filter((node) => node.kind === Kind.FIELD)
        .map(({ alias, name }) => (alias ?? name).value);
      if (new Set(fields).size < fields.length) traits.add('field at several places of one object');
      for (const node of selections) {
        if ((node.directives ?? []).length > 1) traits.add('both conditions on one selection');
        if (node.kind !== Kind.FIELD && (node.directives ?? []).length > 0) traits.add('condition on a fragment');
      }
    },
    FragmentSpread({ name: { value: name }, directives = [] }) {
      const known = places.get(name);
      if (known !== undefined) traits.add('fragment at several places');
      places.set(name, (known ?? new Set()).add(directives.map((directive) => print(directive)).join(' ')));
    },
    Field({ alias, name }) {
      if (alias !== undefined) traits.add('alias');
      if (name.value === 'node' || name.value === 'nodes') traits.add('interface Node');
    },
    NamedType({ name }) {
      if (name.value === 'Node') traits.add('interface Node');
    },
    Variable(_node, _key, parent) {
      const above: unknown = Array.isArray(parent) ? null : parent;
      const isNested =
        above === null || (typeof above === 'object' && 'kind' in above && above.kind === Kind.OBJECT_FIELD);
      if (isNested) traits.add('variable within a literal');
    },
  });
  if ([...places.values()].some(({ size }) => size > 1)) {
    traits.add('fragment at several places with other conditions');
  }
  return traits;
}
