import type { Command } from './command.ts';

/** What `kcigraph COMMAND --help` prints. */
export function commandHelp(name: string, command: Command): string {
  const flags = Object.entries({ ...command.flags, help: { description: 'show this' } }).map(([flag, { ...about }]) => {
    const value = 'value' in about && about.value !== undefined ? ` ${about.value}` : '';
    return [`--${flag}${value}`, about.description] as const;
  });
  const usage = ['kcigraph', name, command.operands, '[FLAG...]'].filter((part) => part !== '').join(' ');
  const details = command.details === undefined ? '' : `\n${command.details.trim()}\n`;
  return `${command.summary}\n\nUsage: ${usage}\n\nFlags:\n${columns(flags)}${details}`;
}

/** What `kcigraph --help` prints. */
export function generalHelp(summaries: readonly (readonly [string, string])[]): string {
  return `kcigraph: one GraphQL endpoint over every CI system that tests the Linux kernel.

Usage: kcigraph COMMAND [FLAG...]

Commands:
${columns(summaries)}
"kcigraph COMMAND --help" tells more; "kcigraph --version" tells the version.
Exit codes: 0 done, 1 failed, 2 bad usage or configuration.
`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}
