import { expect, it } from 'vitest';
import { codeBlocks } from './code-blocks.ts';
import { typeCheck } from './type-check.ts';

const found = (...lines: string[]) =>
  codeBlocks('x.md', lines.join('\n')).map(({ line, language, text }) => [line, language, text]);

it('finds blocks of every kind of fence, with the lines on which they begin', () => {
  expect(found('# x', '```sh', 'a', '', 'b', '```', 'no', '~~~graphql extra', '{ a }', '~~~')).toEqual([
    [3, 'sh', 'a\n\nb\n'],
    [9, 'graphql', '{ a }\n'],
  ]);
});

it('finds blocks in lists and quotations, and fences within longer fences', () => {
  expect(found('- x', '  ```sh', '  a', '    b', '  ```', '> ```json', '> {}', '> ```')).toEqual([
    [3, 'sh', 'a\n  b\n'],
    [7, 'json', '{}\n'],
  ]);
  expect(found('````text', '```sh', 'a', '```', '````')).toEqual([[2, 'text', '```sh\na\n```\n']]);
});

it('finds those that say nothing of their language, and those that never end', () => {
  expect(found('```', 'a', '```')).toEqual([[2, '', 'a\n']]);
  expect(() => found('```sh', 'a')).toThrow('x.md:1: the block is never closed.');
});

it('gives a block what a comment just before it says, and no other', () => {
  const text = ['<!-- given:', 'declare const a: string;', '-->', '', '```ts', 'a;', '```', '```ts', 'a;', '```'];
  const [first, second] = codeBlocks('docs/x.md', text.join('\n'));
  expect([first?.given.trim(), second?.given]).toEqual(['declare const a: string;', '']);
  const faults = typeCheck([first!, second!]);
  expect(faults.get(first!)).toEqual([]);
  expect(faults.get(second!)).toEqual(["Cannot find name 'a'."]);
}, 60_000);
