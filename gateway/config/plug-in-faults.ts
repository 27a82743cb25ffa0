import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { relative } from 'node:path';
import { type AdapterModule, CONTRACT } from '../../adapters/contract/adapter.ts';

interface Member {
  readonly name: string;
  readonly must: string;
  readonly isRight: (value: unknown) => boolean;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const MEMBERS: readonly Member[] = [
  { name: 'name', must: 'a text', isRight: (value) => typeof value === 'string' && value !== '' },
  { name: 'options', must: 'a zod schema', isRight: (value) => typeof property(value, 'safeParse') === 'function' },
  { name: 'defaults', must: 'an object', isRight: (value) => typeof value === 'object' && value !== null },
  { name: 'create', must: 'a function', isRight: (value) => typeof value === 'function' },
];
const DEFAULTS: readonly Member[] = [
  ...['timeout', 'concurrency', 'cacheTtl', 'staleIfError'].map((name) => ({
    name,
    must: 'a number',
    isRight: isNumber,
  })),
  { name: 'rate', must: 'a number or null', isRight: (value) => value === null || isNumber(value) },
];

/** The adapter that a module exports, or a sentence that says what is wrong with the module. */
export function toAdapterModule(shown: string, exported: unknown): AdapterModule | string {
  const adapter = property(exported, 'adapter');
  if (typeof adapter !== 'object' || adapter === null) {
    const hint = property(exported, 'default') === undefined ? '' : '; its default export is not looked at';
    return `The plug-in ${shown} exports no "adapter"${hint}.`;
  }
  const contract = property(adapter, 'contract');
  if (contract !== CONTRACT) return `The plug-in ${shown} ${contractFault(contract)}`;
  const faults = [
    ...faultsOf(adapter, MEMBERS, ''),
    ...faultsOf(property(adapter, 'defaults') ?? {}, DEFAULTS, 'defaults.'),
  ];
  if (faults.length > 0) return `The adapter of the plug-in ${shown} is not right: ${faults.join(', ')}.`;
  return isComplete(adapter) ? adapter : `The adapter of the plug-in ${shown} is not right.`;
}

/** Says what its author has to change: what an adapter is made of differs from version to version. */
function contractFault(contract: unknown): string {
  if (typeof contract !== 'number') {
    return `does not say which version of the adapter contract it is written for: export "contract: ${CONTRACT}" (see docs/adapters.md).`;
  }
  const versions = `is written for version ${contract} of the adapter contract, and this kcigraph uses version ${CONTRACT}`;
  if (contract > CONTRACT) return `${versions}: update kcigraph (see docs/adapters.md).`;
  return (
    `${versions}: instead of "capabilities", "getMany", "list", "related" and "count", give "entities" and "relations", ` +
    `where each capability is next to the function that answers it, and set "contract: ${CONTRACT}" (see docs/adapters.md).`
  );
}

/**
 * What Node said when it loaded a plug-in, as a sentence.
 * @param files paths of those that were met
 * @param folder what their names are shown relative to
 */
export function plugInFault(shown: string, error: unknown, files: readonly string[], folder: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (code === 'ERR_MODULE_NOT_FOUND') {
    const missing = /^Cannot find (?:module|package) '([^']*)'/.exec(message)?.[1];
    return `The plug-in ${shown} imports what is not there${missing === undefined ? '' : `: "${missing}"`}.`;
  }
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return `The plug-in ${shown} is TypeScript in node_modules, where Node runs JavaScript only: publish it compiled.`;
  }
  const place = error instanceof SyntaxError ? placeOf(error, files) : null;
  const where = place === null ? '' : `${relative(folder, place.file)}:${place.line}: `;
  return `The plug-in ${shown} cannot be loaded: ${where}${message}`;
}

interface Place {
  readonly file: string;
  readonly line: string;
}

/** Where a syntax error is. The stack begins with it, but for errors that V8 finds in a module. */
function placeOf(error: SyntaxError, files: readonly string[]): Place | null {
  const [, file, line] = /^(?:file:\/\/)?(\/.+):(\d+)$/m.exec(error.stack?.split('\n')[0] ?? '') ?? [];
  if (file !== undefined && line !== undefined) return { file: decodeURI(file), line };
  for (const file of files) {
    const line = lineOfFault(file);
    if (line !== undefined) return { file, line };
  }
  return null;
}

/** Asks Node itself, which prints the line where it only checks a text. */
function lineOfFault(file: string): string | undefined {
  const text = readFileSync(file, 'utf8');
  const input = /\.m?ts$/.test(file) ? stripTypeScriptTypes(text) : text;
  const args = ['--check', '--input-type=module', '-'];
  const { stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' });
  return /^\[stdin\]:(\d+)$/m.exec(stderr)?.[1];
}

function faultsOf(object: unknown, members: readonly Member[], prefix: string): string[] {
  return members.flatMap(({ name, must, isRight }) => {
    const value = property(object, name);
    if (isRight(value)) return [];
    return [value === undefined ? `"${prefix}${name}" is missing (${must})` : `"${prefix}${name}" must be ${must}`];
  });
}

function isComplete(adapter: object): adapter is AdapterModule {
  return faultsOf(adapter, MEMBERS, '').length === 0;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
