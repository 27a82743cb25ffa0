import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importedLayers } from '../../scripts/check-imports.ts';
import { drawLayers } from '../../scripts/draw-architecture.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the picture in docs/architecture.md', () => {
  it('is what the imports are', () => {
    const adapters = globSync('adapters/*/adapter.ts', { cwd: ROOT }).map((file) => file.split('/')[1] ?? '');
    const shown = readFileSync(`${ROOT}docs/images/architecture.svg`, 'utf8');
    expect(shown).toBe(drawLayers(importedLayers(ROOT), adapters.sort()));
    expect(readFileSync(`${ROOT}docs/architecture.md`, 'utf8')).toContain('(images/architecture.svg)');
  });

  it('has an arrow for each layer that is imported, and none for what is reached through another', () => {
    const graph = (adapters: readonly string[]) =>
      new Map([
        ['contract', new Set<string>()],
        ['kit', new Set(['contract'])],
        ['adapters', new Set(adapters)],
      ]);
    const arrows = (svg: string) => svg.match(/marker-end/g)?.length;
    expect(arrows(drawLayers(graph(['kit', 'contract']), ['acme']))).toBe(2);
    expect(drawLayers(graph(['kit', 'contract']), ['acme'])).toBe(drawLayers(graph(['kit']), ['acme']));
    expect(arrows(drawLayers(graph([]), ['acme']))).toBe(1);
  });

  it('cannot be drawn where layers import each other in a circle, or of a layer that it does not know', () => {
    const circle = new Map([
      ['kit', new Set(['contract'])],
      ['contract', new Set(['kit'])],
    ]);
    expect(() => drawLayers(circle, [])).toThrow('Layers import each other in a circle.');
    expect(() => drawLayers(new Map([['cellar', new Set<string>()]]), [])).toThrow('cellar');
  });
});
