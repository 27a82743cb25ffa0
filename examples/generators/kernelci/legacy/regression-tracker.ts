import type { ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { CollectionDocument } from '../collection-document.ts';
import type { Case } from './cases.ts';
import { bisectDocument, regressionDocument } from './regressions.ts';

/** A regression keeps so many of its runs here; the real one grows for ever. */
const MAX_RUNS = 6;
/** The system keeps a search for two weeks, so that there are never many. */
const MAX_SEARCHES = 20;

/** Sees which failures passed before, as the backend did: one document for each revision that still fails. */
export class RegressionTracker {
  readonly #chance: Chance;
  #searches = 0;
  /** By what makes two runs the same test: the last that passed, and the failures since. */
  readonly #runs = new Map<string, readonly [Case, ...Case[]]>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  follow(run: Case): { readonly regression: ObjectId | null; readonly documents: readonly CollectionDocument[] } {
    const { group, name, status } = run;
    const { revision, arch, defconfigFull, environment } = group.build;
    const place = [revision.era.name, revision.job, arch, defconfigFull, environment, group.device.type];
    const key = [...place, ...group.path, name].join(' ');
    const before = this.#runs.get(key);
    if (status === 'PASS') this.#runs.set(key, [run]);
    if (status !== 'FAIL' || before === undefined || !revision.era.isDenormalised)
      return { regression: null, documents: [] };
    const runs: readonly [Case, ...Case[]] = [before[0], ...before.slice(1), run];
    if (runs.length < MAX_RUNS) this.#runs.set(key, runs);
    const id = this.#chance.id(later(run.time, 10_000));
    const documents: CollectionDocument[] = [{ collection: 'test_regression', document: regressionDocument(id, runs) }];
    if (this.#chance.oneIn(10) && this.#searches < MAX_SEARCHES) {
      this.#searches += 1;
      documents.push({ collection: 'bisect', document: bisectDocument(this.#chance, id, before[0], run) });
    }
    return { regression: id, documents };
  }
}
