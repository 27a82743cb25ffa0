import { beforeAll, expect, it } from 'vitest';
import { type MeasuredRead, measurePlans, type PlanSubject } from './measure-plans.ts';
import { describeWithMongo, MONGO_START_MS } from './mongodb.ts';

/** What a read may look at more in many times as many documents: chance, not size. */
const SPARE = 150;

export interface PlanSizes {
  /** So many documents are put into the server, whose commands are noted. */
  readonly served: number;
  /** Where the server does not explain: on so many the commands are judged, the first time and the second. */
  readonly judged?: readonly [number, number];
  /** Where the server explains, or none are judged: so many are put into the server the second time. */
  readonly again: number;
}

/** No declared read scans a collection, and none looks at more where there are many times as many documents. */
export function describePlans<O>(name: string, subject: PlanSubject<O>, sizes: PlanSizes): void {
  describeWithMongo(
    `the reads of ${name}, with ${sizes.judged?.join(' and ') ?? `${sizes.served} and ${sizes.again}`} documents`,
    () => {
      let small: readonly MeasuredRead[];
      let large: readonly MeasuredRead[];

      beforeAll(async () => {
        const one = await measurePlans(subject, sizes.served, null);
        const judged = sizes.judged?.map((size) => one.judgedAt(size)) ?? [];
        small = judged[0] ?? one.reads;
        large = judged[1] ?? (await measurePlans(subject, sizes.again, one.samples)).reads;
        if (sizes.again >= 200_000) console.log(reported(name, small, large));
      }, 3 * MONGO_START_MS);

      it('are all run', () => {
        expect(small.map((read) => read.name)).toEqual(large.map((read) => read.name));
        expect(small.filter(({ commands }) => commands > 0).length).toBeGreaterThan(12);
      });

      it('are each served by an index', () => {
        const scans = [...small, ...large].filter((read) => read.scans.length > 0);
        expect(scans.map((read) => [read.name, ...read.scans])).toEqual([]);
      });

      it('look at no more in many times as many documents', () => {
        const known = Object.keys(subject.growing ?? {});
        const found = grown(small.slice(1), large.slice(1), 'examined', SPARE);
        expect(found.filter((line) => !known.some((read) => line.startsWith(`${read}: `)))).toEqual([]);
      });

      it('ask no more often in many times as many documents', () => {
        expect(grown(small.slice(1), large.slice(1), 'commands', 2)).toEqual([]);
      });
    },
  );
}

function grown(
  small: readonly MeasuredRead[],
  large: readonly MeasuredRead[],
  what: 'examined' | 'commands',
  spare: number,
): readonly string[] {
  return large.flatMap((read, at) => {
    const before = small[at]?.[what] ?? 0;
    return read[what] <= 2 * before + spare ? [] : [`${read.name}: ${before} became ${read[what]}`];
  });
}

function reported(name: string, small: readonly MeasuredRead[], large: readonly MeasuredRead[]): string {
  const lines = large.map((read, at) => {
    const before = small[at];
    return `  ${read.name}: ${read.commands} commands, looks at ${before?.examined} then ${read.examined}, ${read.ms.toFixed(0)} ms`;
  });
  return [`${name}:`, ...lines].join('\n');
}
