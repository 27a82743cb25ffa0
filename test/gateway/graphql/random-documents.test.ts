import { expect, it } from 'vitest';
import { agreeOn, expectEverything } from './agreement.ts';
import { federatedWorld, gardenWorld } from './random-worlds.ts';

// `random-documents.long.ts` and `random-federated-documents.long.ts` go on with other seeds.
it('random documents are answered as by graphql-js, every time', { timeout: 120_000 }, async () => {
  expectEverything(await agreeOn(gardenWorld(), 800, 20_260_101), 800);
});

it('random documents over several sources, one of which fails, are answered as by graphql-js, every time', {
  timeout: 120_000,
}, async () => {
  const { errors, overtaken, engines } = await agreeOn(await federatedWorld(), 200, 20_260_102);
  expect(errors).toBeGreaterThan(100);
  expect(overtaken).toBe(0);
  expect(engines.jit).toBeGreaterThan(400);
});
