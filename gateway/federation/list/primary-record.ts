import { SourceError } from '../../../adapters/contract/errors.ts';
import { matches } from '../../../adapters/contract/filter.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { fitsGraph } from '../ancestors.ts';
import type { FieldSet } from '../field-set.ts';
import type { Copy } from '../merge.ts';
import type { Budget, RequestContext } from '../request.ts';
import { canGet, entitySource, pickFields, subjectOf } from '../source-plan.ts';
import { type Candidate, type Settled, UNDECIDED } from './k-way-merge.ts';
import { identityIn, type ListPlace, type ListPlan, type ListSubject } from './query.ts';

/** What one source has of a candidate. */
interface Held<E extends EntityName> extends Copy<Entities[E]> {
  readonly index: number;
  /** It fits the filter, as far as that can be told. */
  readonly matches: boolean;
}

interface Fetched<E extends EntityName> {
  readonly identity: string;
  readonly copy: Held<E>;
}

export interface LeadingCopyOptions<E extends EntityName> {
  readonly context: RequestContext;
  readonly subject: ListSubject<E>;
  readonly place: ListPlace;
  readonly plan: ListPlan<E>;
  /** With the fields that the filter compares. */
  readonly fields: FieldSet;
  /** Of upstream requests, one for each listed source. */
  readonly budgets: readonly Budget[];
}

/**
 * Finds, for candidates of a merge, whether they are the leading copy of their object: of its matching copies the first
 * by priority, those with a time before those without. What is shown is all copies. A copy that cannot be had does not
 * count. Conditions on the object itself are evaluated on each copy, those on ancestors and incidents once an object.
 */
export function leadingCopies<E extends EntityName>(options: LeadingCopyOptions<E>) {
  const { context, subject, place, plan, fields, budgets } = options;
  const listed = plan.sources;

  return async (
    candidates: readonly Candidate<Entities[E]>[],
    down: ReadonlySet<number>,
  ): Promise<readonly Settled<readonly Copy<Entities[E]>[]>[]> => {
    const held = atHand(candidates);
    const sources = listed.map((_, index) => index).filter((index) => !down.has(index));
    const found = await Promise.all(sources.map(async (index) => matched(index, await fetchMissing(index, held))));
    for (const { identity, copy } of found.flat()) held.get(identity)?.set(copy.index, copy);
    const leading = candidates.map(({ source, row }) => {
      const copies = newestOnly([...(held.get(row.identity)?.values() ?? [])]).sort((a, b) => a.index - b.index);
      const matching = copies.filter((copy) => copy.matches);
      const lead = matching.find((copy) => copy.time !== null) ?? matching[0];
      return lead?.index === source ? copies : null;
    });
    const fits = await fitsGraph(
      context,
      subject,
      plan,
      leading,
      (index) => listed[candidates[index]!.source]!.graph,
      place,
    );
    return leading.map((copies, index) =>
      fits[index] === 'failed' ? UNDECIDED : fits[index] === true ? copies : null,
    );
  };

  /** Rows that are candidates themselves need not be asked for again. */
  function atHand(candidates: readonly Candidate<Entities[E]>[]): Map<string, Map<number, Held<E>>> {
    const held = new Map<string, Map<number, Held<E>>>();
    for (const { source, row } of candidates) {
      const copies = held.get(row.identity) ?? new Map<number, Held<E>>();
      held.set(row.identity, copies);
      const copy = { source: listed[source]!.source, object: row.object, time: row.time, index: source, matches: true };
      copies.set(source, copy);
    }
    return held;
  }

  async function fetchMissing(
    index: number,
    held: ReadonlyMap<string, ReadonlyMap<number, Held<E>>>,
  ): Promise<readonly Fetched<E>[]> {
    const { source } = listed[index]!;
    const { entity } = subject;
    const missing = [...held].filter(([key, copies]) => !copies.has(index) && canGet(source, entity, key));
    const perRequest = entitySource(source, entity)?.get?.maxKeys ?? 1;
    const asked = missing.slice(0, budgets[index]!.left * perRequest);
    budgets[index]!.take(Math.ceil(asked.length / perRequest));
    if (asked.length < missing.length) {
      const message =
        'Too many objects would have to be asked for: some are shown without what this source says of them.';
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
    }
    const loader = context.loaders.objects(source, entity, fields, true);
    const answers = await Promise.all(asked.map(([key]) => loader.load({ key, path: place.path })));
    const found: Fetched<E>[] = [];
    answers.forEach((answer, at) => {
      const identity = asked[at]![0];
      if (answer instanceof SourceError) context.report.fail(source.name, answer, place.path);
      // An answer under another id is another name's, and no copy of this row.
      else if (answer !== null && identityIn(subject, answer.object) === identity) {
        const { object, time } = answer;
        found.push({ identity, copy: { source, object, time, index, matches: false } });
      }
    });
    return found;
  }

  /** Two sources may hang one object on different parents: there it matches only by the copy that is below this one. */
  async function matched(index: number, found: readonly Fetched<E>[]): Promise<readonly Fetched<E>[]> {
    const own = pickFields(subject.where, (field) => subjectOf(subject.entity, field) === 'self');
    const belong = await listed[index]!.holds(found.map(({ copy }) => copy.object));
    return found.map(({ identity, copy }, at) => {
      const isMatch = belong[at] === true && matches(subject.entity, copy.object, own) === true;
      return { identity, copy: { ...copy, matches: isMatch } };
    });
  }

  /** Where a list gives the newest version of each issue, only copies of the newest that is known count. */
  function newestOnly(copies: readonly Held<E>[]): Held<E>[] {
    if (subject.entity !== 'issue' || subject.allVersions) return [...copies];
    const newest = Math.max(...copies.map(({ object }) => versionOf(object)));
    return copies.filter(({ object }) => versionOf(object) === newest);
  }
}

function versionOf(object: Entities[EntityName]): number {
  return 'version' in object ? object.version : 0;
}
