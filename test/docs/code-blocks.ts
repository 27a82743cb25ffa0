import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a reader may be told to type lies in these. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...globSync(['docs/**/*.md', 'adapters/**/README.md', 'examples/**/README.md'], { cwd: ROOT }).sort(),
];

export interface CodeBlock {
  readonly document: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** The first word behind the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** What `<!-- given: … -->` just before it says: what a fragment stands in, which a reader need not see. */
  readonly given: string;
}

/** The fenced blocks of a document, those within a list or a quotation too. */
export function codeBlocks(document: string, text = readFileSync(ROOT + document, 'utf8')): readonly CodeBlock[] {
  const lines = text.split('\n');
  const blocks: CodeBlock[] = [];
  let given = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('<!-- given:')) {
      const end = lines.findIndex((one, index) => index >= at && one.includes('-->'));
      given = lines
        .slice(at, end + 1)
        .join('\n')
        .replace(/^<!-- given:|-->.*$/g, '');
      at = end;
      continue;
    }
    const [, indent = '', fence, language = ''] = /^([ >]*)(`{3,}|~{3,}) *(\S*)/.exec(line) ?? [];
    if (fence === undefined) {
      if (line.trim() !== '') given = '';
      continue;
    }
    const end = lines.findIndex((one, index) => index > at && isEnd(one, indent, fence));
    if (end === -1) throw new Error(`${document}:${at + 1}: the block is never closed.`);
    const code = lines.slice(at + 1, end).map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
    blocks.push({ document, line: at + 2, language, text: `${code.join('\n')}\n`, given });
    given = '';
    at = end;
  }
  return blocks;
}

function isEnd(line: string, indent: string, fence: string): boolean {
  const bare = (line.startsWith(indent) ? line.slice(indent.length) : line).trim();
  return bare.startsWith(fence) && bare.replaceAll(fence.charAt(0), '') === '';
}
