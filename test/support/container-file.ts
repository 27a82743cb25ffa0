/** An instruction of a container file, such as RUN, and what follows it. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of a container file; comments are left out, continued lines are joined. */
export function readInstructions(text: string): readonly Instruction[] {
  const joined = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ');
  return joined.split('\n').flatMap((line) => {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });
}
