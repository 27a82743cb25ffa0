// Fills the tables of docs/configuration.md from the schemas that check a configuration; `--check` fails on a difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { inputSchema, type JsonSchema } from '../gateway/config/config-error.ts';
import { CONFIG_SCHEMA, SOURCE_SCHEMA } from '../gateway/config/config-schema.ts';
import { ADAPTER_MODULES } from '../gateway/federation/adapter-modules.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};
const file = new URL('../docs/configuration.md', import.meta.url);
const tables = new Map([
  ['configuration', table(inputSchema(CONFIG_SCHEMA), CONFIG_SCHEMA.parse({}))],
  ['source', table(inputSchema(SOURCE_SCHEMA), SOURCE_SCHEMA.parse({ adapter: 'postgres' }))],
  ...[...ADAPTER_MODULES].map(([name, { options, defaults }]) => {
    return [name, table(inputSchema(options), {}, Object.entries(defaults))] as const;
  }),
]);

const before = readFileSync(file, 'utf8');
const after = [...tables].reduce((text, [name, rows]) => {
  const marks = new RegExp(`(<!-- table: ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`);
  if (!marks.test(text)) throw new Error(`docs/configuration.md has no place for the table "${name}".`);
  return text.replace(marks, (_, begin: string, end: string) => `${begin}\n${rows}\n${end}`);
}, before);
if (!process.argv.includes('--check')) writeFileSync(file, after);
else if (after !== before) {
  process.stderr.write('docs/configuration.md is not what the schemas say: run "npm run docs".\n');
  process.exitCode = 1;
}

function table(schema: JsonSchema, defaults: object, common: readonly (readonly [string, unknown])[] = []): string {
  const own = rows(schema, '', defaults);
  const others = common.map(([key, value]) => `| \`${key}\` | | \`${value}\` | As above; this adapter's default. |`);
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...own, ...others, ''].join('\n');
}

function rows(schema: JsonSchema, prefix: string, defaults: unknown): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const parsed: unknown = typeof defaults === 'object' && defaults !== null ? Reflect.get(defaults, key) : undefined;
    if (value.properties !== undefined) return rows(value, `${path}.`, parsed);
    const fallback = key === 'adapter' ? undefined : (parsed ?? value.default);
    const shown = fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``;
    return [`| \`${path}\` | ${typeOf(value)} | ${shown} | ${value.description ?? ''} |`];
  });
}

function typeOf(value: JsonSchema): string {
  if (value.kind !== undefined) return value.kind;
  if (value.enum !== undefined) return `one of ${value.enum.join(', ')}`;
  return [value.type ?? 'a mapping']
    .flat()
    .map((type) => TYPES[type] ?? 'a mapping')
    .join(' or ');
}
