import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import { type Arguments, type Command, type Flag, UsageError } from './command.ts';

export const CONFIG_FLAG: Flag = {
  value: 'FILE',
  description:
    'the configuration (default: KCIGRAPH_CONFIG, else ./kcigraph.yaml, else /etc/kcigraph/kcigraph.yaml, else built-in)',
};

/** Reads a command's part of the command line, `--help` included. Throws `UsageError` that says what would be right. */
export function parseArguments(name: string, command: Command, argv: readonly string[]): Arguments {
  const flags: Readonly<Record<string, Flag>> = { ...command.flags, help: { description: 'show this' } };
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [flag, { value }] of Object.entries(command.flags)) {
    options[flag] = { type: value === undefined ? 'boolean' : 'string', multiple: value !== undefined };
  }
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) throw unknownFlag(name, token.rawName, Object.keys(flags));
    if (flag.value === undefined && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value, and "${token.value}" was given.`);
    }
    if (flag.value !== undefined && (token.value === undefined || isFlag(token.value, token.inlineValue, flags))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}.`);
    }
    if (flag.value !== undefined && flag.repeated !== true && list(values[token.name]).length > 1) {
      throw new UsageError(`${token.rawName} was given ${list(values[token.name]).length} times; once is enough.`);
    }
  }
  if (positionals.length > 0 && command.operands === '' && values.help !== true) {
    throw new UsageError(`"kcigraph ${name}" takes flags only, and "${positionals[0]}" was given.`);
  }
  return {
    text: (flag) => list(values[flag]).at(-1),
    list: (flag) => list(values[flag]),
    on: (flag) => values[flag] === true,
    positionals,
  };
}

function unknownFlag(command: string, given: string, known: readonly string[]): UsageError {
  const nearest = nearestName(given.replace(/^-+/, ''), known);
  const hint = nearest === undefined ? `"kcigraph ${command} --help" lists its flags` : `did you mean --${nearest}?`;
  return new UsageError(`"kcigraph ${command}" has no flag ${given}: ${hint}${hint.endsWith('?') ? '' : '.'}`);
}

// A forgotten value must not swallow the next flag.
function isFlag(value: string, inline: boolean | undefined, flags: Readonly<Record<string, Flag>>): boolean {
  return inline !== true && value.startsWith('--') && Object.hasOwn(flags, value.slice(2).split('=')[0] ?? '');
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item): item is string => typeof item === 'string');
}
