import { adapter as cki } from '../../adapters/cki/adapter.ts';
import type { AdapterModule } from '../../adapters/contract/adapter.ts';
import { adapter as kernelciMongo } from '../../adapters/kernelci-mongo/adapter.ts';
import { adapter as maestroMongo } from '../../adapters/maestro-mongo/adapter.ts';
import { adapter as postgres } from '../../adapters/postgres/adapter.ts';
import { adapter as syzbot } from '../../adapters/syzbot/adapter.ts';
import { adapter as file } from '../../adapters/template/adapter.ts';

/** The built-in adapters by name: the one place of the gateway that names them. */
export const ADAPTER_MODULES: ReadonlyMap<string, AdapterModule> = new Map<string, AdapterModule>([
  [postgres.name, postgres],
  [file.name, file],
  [kernelciMongo.name, kernelciMongo],
  [maestroMongo.name, maestroMongo],
  [cki.name, cki],
  [syzbot.name, syzbot],
]);
