import { it } from 'vitest';
import { agreeOn, expectEverything } from './agreement.ts';
import { federatedWorld } from './random-worlds.ts';

it.each([11, 12])(
  '10,000 random documents over several sources, seed %d, are answered as by graphql-js, every time',
  async (seed) => {
    expectEverything(await agreeOn(await federatedWorld(), 10_000, seed), 10_000);
  },
);
