import { it } from 'vitest';
import { agreeOn, expectEverything } from './agreement.ts';
import { gardenWorld } from './random-worlds.ts';

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  '10,000 random documents of seed %d are answered as by graphql-js, every time',
  async (seed) => {
    expectEverything(await agreeOn(gardenWorld(), 10_000, seed), 10_000);
  },
);
