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
  /** What `<!-- given: … -->` on the lines before it says: what a fragment stands in, which a reader need not see. */
  readonly given: string;
}

/** The fenced blocks of a document, those within a list or a quotation too. */
export function codeBlocks(document: string): readonly CodeBlock[] {
  const text = readFileSync(ROOT + document, 'utf8');
  const blocks: CodeBlock[] = [];
  let open: { fence: string; indent: string; language: string; line: number; lines: string[]; given: string } | null =
    null;
  let given = '';
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, indent = '', fence, language = ''] = /^([ >]*)(`{3,}|~{3,}) *(\S*)/.exec(line) ?? [];
    if (open === null) {
      if (fence !== undefined) open = { fence, indent, language, line: index + 2, lines: [], given };
      else if (line.startsWith('<!-- given:')) given = commentFrom(lines, index);
      else if (line.trim() !== '' && !given.includes(line.replace(/-->$/, '').trim())) given = '';
      continue;
    }
    if (fence !== undefined && language === '' && fence.startsWith(open.fence)) {
      const { lines: kept, fence: _fence, indent: _indent, ...rest } = open;
      blocks.push({ document, ...rest, text: `${kept.join('\n')}\n` });
      open = null;
      given = '';
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  if (open !== null) throw new Error(`${document}:${open.line - 1}: the block is never closed.`);
  return blocks;
}

function commentFrom(lines: readonly string[], index: number): string {
  const rest = lines.slice(index).join('\n');
  return /^<!-- given:([\s\S]*?)-->/.exec(rest)?.[1]?.trim() ?? '';
}
