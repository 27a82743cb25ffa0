import type { Sampler } from './sampler.ts';
import type { Session } from './session.ts';
import type { Verdict } from './verdict.ts';

/** One thing that every adapter does, and how it is judged. */
export interface Behaviour {
  /** Short and stable: what `only` takes and reports name. */
  readonly name: string;
  /** What holds where it passes, as a sentence. */
  readonly promise: string;
  run(session: Session, data: Sampler): Promise<Verdict>;
}
