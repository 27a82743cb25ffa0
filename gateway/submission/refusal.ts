import type { Fault } from '../../adapters/adapter.ts';
import { MAX_FAULTS } from '../../adapters/kit/kcidb/fault.ts';
import type { Judgement } from './document-judge.ts';
import { Refusal } from './submission-door.ts';

/** What a judgement means for the one who submitted; null where the document is accepted. */
export function refusalOf(judgement: Judgement): Refusal | null {
  if (judgement.verdict === 'accepted') return null;
  const { verdict, faults } = judgement;
  const foreign = verdict === 'foreign';
  const message = `${foreign ? 'The token does not cover this document' : 'The document is not valid'}, and nothing of it was stored: ${summary(faults)}`;
  return new Refusal(foreign ? 'FORBIDDEN' : 'BAD_USER_INPUT', message, faults);
}

/** One fault in full, more by their number and the first. */
function summary(faults: readonly Fault[]): string {
  const [first] = faults;
  if (first === undefined) return 'no reason was found.';
  const where = first.path === '' ? '' : ` at ${first.path}`;
  if (faults.length === 1) return `one fault${where}. ${first.message}`;
  const count = faults.length >= MAX_FAULTS ? `at least ${faults.length}` : faults.length;
  return `${count} faults, the first${where}. ${first.message}`;
}
