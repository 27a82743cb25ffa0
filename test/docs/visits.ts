/**
 * Preloaded, it notes which files of the project run, in the order in which they first do: a call stands at the beginning of
 * each function.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TRACED = /^(gateway|adapters)\/.+\.ts$/;

const seen = new Set<string>();

/** The files that ran since it was last asked. */
export function visited(): readonly string[] {
  const files = [...seen];
  seen.clear();
  return files;
}

Object.defineProperty(globalThis, '__visited', { value: (file: string) => seen.add(file) });

registerHooks({
  load(url, context, nextLoad) {
    const file = url.startsWith('file:') ? fileURLToPath(url).slice(ROOT.length) : '';
    if (!TRACED.test(file)) return nextLoad(url, context);
    const source = traced(readFileSync(new URL(url), 'utf8'), file);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

function traced(text: string, file: string): string {
  const call = `__visited(${JSON.stringify(file)})`;
  const insertions: (readonly [number, string])[] = [];
  const find = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      if (ts.isBlock(node.body)) insertions.push([node.body.getStart() + 1, `${call};`]);
      else insertions.push([node.body.getStart(), `(${call},`], [node.body.getEnd(), ')']);
    }
    ts.forEachChild(node, find);
  };
  find(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  insertions.sort(([a], [b]) => b - a);
  return insertions.reduce((so, [place, inserted]) => so.slice(0, place) + inserted + so.slice(place), text);
}
