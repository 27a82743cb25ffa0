/** An index of a collection: its fields in their order. */
export interface CollectionIndex {
  readonly collection: string;
  readonly keys: Readonly<Record<string, 1 | -1>>;
}

/** By collection, each index as a text: its fields, `-` before one that descends. */
export function indexesOf(texts: Readonly<Record<string, readonly string[]>>): readonly CollectionIndex[] {
  return Object.entries(texts).flatMap(([collection, indexes]) =>
    indexes.map((index) => ({ collection, keys: Object.fromEntries(index.split(' ').map(keyOf)) })),
  );
}

function keyOf(text: string): [string, 1 | -1] {
  return text.startsWith('-') ? [text.slice(1), -1] : [text, 1];
}
