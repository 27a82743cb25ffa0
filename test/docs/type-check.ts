import { dirname, join } from 'node:path';
import ts from 'typescript';
import { type CodeBlock, ROOT } from './code-blocks.ts';

/** Where a fragment that imports files of its reader's is thought to stand. */
const PLACES: ReadonlyMap<string, string> = new Map([['docs/adapters.md', 'adapters/template']]);

/** What the compiler says of each block, as a file in the folder of its document; by block, empty where it is right. */
export function typeCheck(blocks: readonly CodeBlock[]): ReadonlyMap<CodeBlock, readonly string[]> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = new Map(blocks.map((block, index) => [fileOf(block, index), block]));
  // What a fragment declares, its reader will use.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false, noUnusedParameters: false });
  const { readFile, fileExists } = host;
  const textOf = ({ given, text }: CodeBlock) => `${given}\n${text}\nexport {};\n`;
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => {
    const block = files.get(name);
    return block === undefined ? readFile.call(host, name) : textOf(block);
  };
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host,
  );
  return new Map([...files].map(([name, block]) => [block, faultsOf(program, name)]));
}

function fileOf({ document, line }: CodeBlock, index: number): string {
  return join(ROOT, PLACES.get(document) ?? dirname(document), `block-${index}-line-${line}.ts`);
}

function faultsOf(program: ts.Program, name: string): string[] {
  const file = program.getSourceFile(name);
  if (file === undefined) throw new Error(`The compiler does not know ${name}.`);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
