import { join } from 'node:path';
import { SourceError } from '../../../adapters/errors.ts';
import { loadConfig } from '../../config/load-config.ts';
import { createLog } from '../../log.ts';
import { DocumentLoader } from '../../submission/document-loader.ts';
import { Refusal } from '../../submission/submission-door.ts';
import { CommandError } from '../command.ts';
import { print } from '../console.ts';
import { describeConfig } from '../existing-store.ts';
import { openSources, storeOf } from '../open-sources.ts';
import type { Destination } from './outcome.ts';

/** The store that the configuration submits into, as the operator, who loads for all origins. */
export async function openStore(configFile: string | undefined): Promise<Destination> {
  const config = await loadConfig({ file: configFile, overrides: { attach: true } });
  print(describeConfig(config));
  const log = createLog({ ...config.log, level: 'error' });
  const registry = await openSources(config, log);
  try {
    const into = config.submit?.into ?? registry.sources.find(({ adapter }) => adapter.store !== undefined)?.name;
    if (into === undefined) throw new CommandError('No source is a store: name one as submit.into.');
    const loader = new DocumentLoader({
      store: storeOf(registry, into),
      folder: join(config.dataDir, 'submissions'),
      log,
    });
    return {
      send: async (body, signal) => {
        try {
          return { stored: true, ...(await loader.loadBytes(body, { origins: null }, signal)) };
        } catch (error) {
          if (error instanceof Refusal) return { stored: false, message: error.message, faults: error.faults };
          if (error instanceof SourceError) return { stored: false, message: `${into}: ${error.message}`, faults: [] };
          throw error;
        }
      },
      close: async () => {
        await loader.close();
        await registry.stop();
      },
    };
  } catch (error) {
    await registry.stop();
    throw error;
  }
}
