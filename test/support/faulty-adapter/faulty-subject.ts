import type { Subject } from '../../../adapters/kit/conformance/conformance.ts';
import { arraySubject } from '../array-subject.ts';
import { asking } from '../asked-adapter.ts';
import type { PlantedFault } from './faults.ts';

/** The honest subject with one fault planted; all of a list fits one page, so that only small pages show its faults. */
export function faultySubject({ plant, options }: PlantedFault): Subject {
  const { create: honest, ...subject } = arraySubject({ latencyMs: 0, maxPage: 200, ...options });
  if (honest === undefined) throw new Error('The honest subject can be made again.');
  return { ...subject, adapter: plant(asking(subject.adapter)), create: async () => plant(asking(await honest())) };
}
