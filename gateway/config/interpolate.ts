import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Path = readonly (string | number)[];

export interface Interpolation {
  readonly value: unknown;
  readonly faults: readonly { readonly path: Path; readonly message: string }[];
}

/**
 * Puts `${NAME}` from the environment and `${file:PATH}` from a file (without its last line break) into every text;
 * `$${` stands for `${` itself. Paths are relative to `folder`.
 */
export function interpolate(tree: unknown, folder: string, env: NodeJS.ProcessEnv): Interpolation {
  const faults: { path: Path; message: string }[] = [];
  const walk = (node: unknown, path: Path): unknown => {
    if (typeof node === 'string') {
      return node.replaceAll(/\$?\$\{([^}]*)(\}?)/g, (whole, name: string, end: string) => {
        if (whole.startsWith('$$')) return whole.slice(1);
        const found =
          end === ''
            ? 'Its "${" has no closing brace; "$${" is how to write these two characters.'
            : lookUp(name, folder, env);
        if (typeof found !== 'string') return found.value;
        faults.push({ path, message: found });
        return '';
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return { value: walk(tree, []), faults };
}

/** A string is a fault. */
function lookUp(name: string, folder: string, env: NodeJS.ProcessEnv): { readonly value: string } | string {
  if (name.startsWith('file:')) {
    const path = name.slice('file:'.length);
    try {
      return { value: readFileSync(resolve(folder, path), 'utf8').replace(/\r?\n$/, '') };
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return `The file "${path}" that \${file:${path}} names cannot be read (${reason}).`;
    }
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `What is in the braces of "\${…}" names neither an environment variable nor a file (\${file:PATH}).`;
  }
  const value = env[name];
  return value === undefined ? `The environment variable ${name} is not set.` : { value };
}
