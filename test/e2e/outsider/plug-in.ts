/** The files of a small plug-in whose builds say a word and a setting, in TypeScript, of two modules, as somebody writes it. */
export function plugInFiles(word: string): Readonly<Record<'adapter.ts' | 'words.ts', string>> {
  return { 'adapter.ts': ADAPTER, 'words.ts': `export const WORD: string = ${JSON.stringify(word)};\n` };
}

const ADAPTER = `import { setTimeout as delay } from 'node:timers/promises';
import { type AdapterModule, type Build, CONTRACT, SourceError, z } from 'kcigraph/adapter';
import { WORD } from './words.ts';

const options = z.strictObject({ slow: z.int().default(0) });

function buildOf(id: string, slow: number): Build {
  return {
    id, origin: 'acme', timestamp: null, checkoutId: 'acme:c', comment: WORD + ' ' + slow, startTime: null, duration: null,
    architecture: null, command: null, compiler: null, inputFiles: null, outputFiles: null, configName: null,
    configUrl: null, logUrl: null, logExcerpt: null, status: null, misc: null,
  };
}

export const adapter: AdapterModule<z.output<typeof options>> = {
  contract: CONTRACT,
  name: 'words',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 0, staleIfError: 0 },
  create: ({ slow }) => ({
    entities: {
      build: {
        get: {
          maxKeys: 10,
          async read(ids) {
            if (ids.includes('acme:slow')) await delay(slow);
            if (ids.includes('acme:bad')) throw new SourceError('SOURCE_UNAVAILABLE', 'Acme is closed on Sundays.');
            return new Map(ids.map((id) => [id, { object: buildOf(id, slow), time: null }]));
          },
        },
        freshnessMs: 0,
      },
    },
    relations: {},
    start: async () => {},
    stop: async () => {},
    health: async () => ({ ok: true }),
  }),
};
`;
