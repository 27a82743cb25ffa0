import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { ConfigFault } from './config-error.ts';
import type { Path } from './interpolate.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlText {
  /** Plain values; undefined where the text is no YAML. */
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** Where a key stands, or the nearest thing above it. */
  placeOf(path: Path): Place;
}

/** In our own words where the parser would quote the value, which may be a secret that needs quotes. */
const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'This key stands there twice.',
  TAG_RESOLVE_FAILED: 'A value that begins with "!" must be in quotes.',
  BAD_ALIAS: 'A value that begins with "*" or "&" must be in quotes.',
};

/** Reads YAML and remembers where everything stood. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = document.errors.map((error): ConfigFault => {
    const message = MESSAGES[error.code] ?? `${error.message}.`;
    return { path: '', message: message.replace(/\.\.$/, '.'), ...at(error.pos[0]) };
  });
  for (const warning of document.warnings) {
    const message = MESSAGES[warning.code];
    if (message !== undefined) faults.push({ path: '', message, ...at(warning.pos[0]) });
  }
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) !== undefined) return;
      faults.push({ path: '', message: MESSAGES.BAD_ALIAS ?? '', ...at(node.range?.[0] ?? 0) });
    },
  });
  return {
    value: faults.length === 0 ? document.toJS() : undefined,
    faults,
    placeOf: (path) => at(offsetOf(document.contents, path)),
  };
}

function offsetOf(contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const child: Pair | unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step))
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (child === undefined) return offset;
    const mark: unknown = isPair(child) ? child.key : child;
    if (typeof mark === 'object' && mark !== null && 'range' in mark && Array.isArray(mark.range)) {
      offset = Number(mark.range[0]);
    }
    node = isPair(child) ? child.value : child;
  }
  return offset;
}
