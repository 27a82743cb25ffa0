/**
 * Preloaded into a gateway, it notes which files of the project run: it inserts a call at the beginning of each function.
 * The parent process asks for them by a message; the answer names the files that ran on the main thread since the last one.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TRACED = /^(gateway|adapters)\/.+\.ts$/;

const seen = new Set<string>();

if (isMainThread) {
  process.on('message', () => {
    process.send?.([...seen]);
    seen.clear();
  });
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
