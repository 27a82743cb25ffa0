import { expect } from 'vitest';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { type FaultGateway, startFaultGateway } from '../faults/fault-gateway.ts';

/** Beside what the configuration says: the machine is shared, and a look for new things takes its time too. */
const SLACK_MS = 4_000;

/** A gateway over one source, which is configured as in a file. */
export async function gatewayOver(
  adapter: string,
  given: object,
  settings: Partial<SourceConfig> = {},
): Promise<FaultGateway> {
  const module = ADAPTER_MODULES.get(adapter);
  if (module === undefined) throw new Error(`There is no adapter named ${adapter}.`);
  const options = module.options.parse(given);
  return await startFaultGateway(
    [{ name: 'ci', adapter, options, rate: null, timeout: 5_000, ...settings }],
    undefined,
    8_000,
  );
}

/** One way of asking: a query, and what of its answer is looked at, as text. */
export type Ways = Readonly<Record<string, string>>;

/** Asks in all ways until each answer has the text, and holds the time that this takes against what is configured. */
export async function expectShownWithin(gateway: FaultGateway, ms: number, ways: Ways, text: string): Promise<void> {
  const start = performance.now();
  const told: Record<string, number> = {};
  for (const [way, query] of Object.entries(ways)) {
    const shown = async () => JSON.stringify((await gateway.ask(query)).data);
    await expect.poll(shown, { timeout: ms + 3 * SLACK_MS, interval: 100, message: way }).toContain(text);
    told[way] = performance.now() - start;
  }
  for (const [way, took] of Object.entries(told)) expect(took, `${way}, in milliseconds`).toBeLessThan(ms + SLACK_MS);
}

export async function expectNotShown(gateway: FaultGateway, ways: Ways, text: string): Promise<void> {
  for (const [way, query] of Object.entries(ways)) {
    const { data } = await gateway.ask(query);
    expect(JSON.stringify(data), way).not.toContain(text);
  }
}
