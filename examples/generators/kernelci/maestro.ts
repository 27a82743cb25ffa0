import type { Document } from 'bson';
import { Chance } from './chance.ts';
import type { CollectionDocument } from './collection-document.ts';
import { type Checkout, checkoutDocument, makeCheckout, makePatchset } from './maestro/checkouts.ts';
import { jobDocuments, kunitDocuments } from './maestro/jobs.ts';
import { type Kbuild, kbuildDocuments } from './maestro/kbuilds.ts';
import { oldDocument, processDocument, regressionDocument } from './maestro/others.ts';

export interface MaestroSize {
  readonly seed: number;
  /** Nodes of all kinds; the last checkout is finished, so that a few more may come. */
  readonly nodes: number;
  /** Builds of a checkout. */
  readonly builds?: number;
}

/** The newest node is of this day; all the others are older. */
const END = Date.UTC(2026, 7, 1);
/** Before it, all but checkouts is gone. */
const PURGED = END - 180 * 86_400_000;
/** Between two checkouts: so many come in an hour, however many there are. */
const STEP_MS = 72 * 60_000;
const OLD_STEP_MS = 4 * 3_600_000;

/**
 * Invented nodes of Maestro's database, in all the shapes that it wrote since 2022, one after the other: more of them
 * are more checkouts, and no checkout grows. The same seed gives the same nodes.
 */
export function* maestroDocuments({ seed, nodes, builds = 6 }: MaestroSize): Generator<CollectionDocument<'node'>> {
  const chance = new Chance(seed);
  let [made, old, young] = [0, 0, 0];
  let last: Checkout | null = null;
  while (made < nodes) {
    // Of three checkouts one is so old that it lost what was below it.
    const isOld = chance.oneIn(3);
    if (isOld) old += 1;
    else young += 1;
    const newest = isOld ? PURGED - old * OLD_STEP_MS : END - young * STEP_MS;
    const time = new Date(newest + chance.below(STEP_MS));
    // Several checkouts have the same commit.
    const commit: string | null = chance.oneIn(8) && last !== null ? String(last.revision.commit) : null;
    const checkout = makeCheckout(chance, time, commit);
    last = checkout;
    for (const document of checkoutTree(chance, checkout, isOld ? 0 : builds)) {
      made += 1;
      yield { collection: 'node', document };
    }
  }
}

function* checkoutTree(chance: Chance, checkout: Checkout, builds: number): Generator<Document> {
  yield checkoutDocument(chance, checkout, null);
  if (chance.oneIn(4)) yield oldDocument(chance);
  if (builds === 0) return;
  if (chance.oneIn(2)) yield* kunitDocuments(chance, checkout);
  for (let number = 0; number < builds; number += 1) yield* buildTree(chance, checkout, number);
  if (!chance.oneIn(6)) return;
  const patchset = makePatchset(chance, checkout);
  yield checkoutDocument(chance, patchset, checkout);
  yield* buildTree(chance, patchset, 0);
}

function* buildTree(chance: Chance, checkout: Checkout, number: number): Generator<Document> {
  const kbuild: Kbuild = yield* kbuildDocuments(chance, checkout, number);
  if (!kbuild.hasKernel) return;
  yield* jobDocuments(chance, kbuild);
  if (chance.oneIn(8)) yield processDocument(chance, kbuild);
  if (chance.oneIn(8)) yield regressionDocument(chance, checkout, kbuild.id, kbuild.id);
}
