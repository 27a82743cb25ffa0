import type { Call, Entities, EntityName, Found, Incident, Issue, Json } from '../../kit/author.ts';
import { parseIssueKey, parseOccurrenceId } from '../ids.ts';
import type { Warn } from '../kcidb-record.ts';
import type { CkiOptions } from '../options.ts';
import { translateBuild } from '../translate-build.ts';
import { translateCheckout } from '../translate-checkout.ts';
import { translateIncident } from '../translate-incident.ts';
import { translateIssue } from '../translate-issue.ts';
import { translateTest } from '../translate-test.ts';
import type { LookUp } from './look-up.ts';
import { occurrencesBelow, type Rows } from './rows.ts';

type Find<E extends EntityName> = (key: string, call: Call) => Promise<Found<Entities[E]> | null>;

/** How one object of each entity is found by its key. */
export type Finders = { readonly [E in EntityName]: Find<E> };

/** An issue occurs in one test so often at most that it is looked for in its list. */
const MAX_OCCURRENCES = 1_000;

export function findersOf(lookUp: LookUp, rows: Rows, options: CkiOptions): Finders {
  const { origin } = options;
  const record =
    <T>(entity: 'checkout' | 'build' | 'test', translate: (raw: Json, warn: Warn) => Found<T> | null) =>
    async (key: string, call: Call): Promise<Found<T> | null> => {
      const raw = await lookUp.record(entity, key, call);
      return raw === null ? null : translate(raw, call.warn);
    };
  return {
    checkout: record('checkout', translateCheckout),
    build: record('build', translateBuild),
    test: record('test', translateTest),
    issue: findIssue,
    incident: findIncident,
  };

  async function findIssue(key: string, call: Call): Promise<Found<Issue> | null> {
    const parsed = parseIssueKey(key, origin);
    const raw = parsed === null ? null : await lookUp.issue(parsed.number, call);
    const found = raw === null ? null : translateIssue(raw, options, call.warn);
    return parsed?.version == null || found?.object.version === parsed.version ? found : null;
  }

  async function findIncident(id: string, call: Call): Promise<Found<Incident> | null> {
    const key = parseOccurrenceId(id, origin);
    if (key === null) return null;
    const subject = { entity: key.subject, id: key.subjectId };
    const reader = rows.reader(occurrencesBelow(subject), call);
    for (const raw of await reader.read(0, MAX_OCCURRENCES)) {
      // What others of the list are like is of no interest here.
      const found = translateIncident(raw, subject, options, () => undefined);
      if (found?.object.id === id) return { object: found.object, time: found.time };
    }
    if (reader.fault !== null) throw reader.fault;
    return null;
  }
}
