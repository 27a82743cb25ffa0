import type { Document } from 'bson';
import { BoundedCache } from '../../kit/bounded-cache.ts';
import { idOf } from '../../kit/mongo/documents.ts';
import { commitOf } from '../ids.ts';
import { type Revision, revisionKey, revisionOf } from '../revision.ts';

/**
 * What builds and boots that were read have told, and no index leads to: the revision of a commit whose job is missing or
 * names another commit, and that of a build whose own document is missing.
 */
export class SeenBuilds {
  readonly #byCommit = new BoundedCache<readonly Revision[]>({
    maxEntries: 20_000,
    maxBytes: 16 * 1024 * 1024,
    sizeOf: (revisions) => 300 * revisions.length,
  });
  readonly #byBuild = new BoundedCache<Revision>({
    maxEntries: 20_000,
    maxBytes: 8 * 1024 * 1024,
    sizeOf: () => 400,
  });

  /** Documents of `build`. */
  builds(documents: readonly Document[]): void {
    for (const document of documents) {
      const [commit, revision] = [commitOf(document.git_commit), revisionOf(document)];
      if (commit === null || revision === null) continue;
      const known = this.#byCommit.get(commit) ?? [];
      const key = revisionKey(revision);
      if (known.every((one) => revisionKey(one) !== key)) this.#byCommit.set(commit, [...known, revision]);
    }
  }

  /** Documents of `boot`. */
  boots(documents: readonly Document[]): void {
    for (const document of documents) {
      const [build, revision] = [idOf(document.build_id) ?? idOf(document.defconfig_id), revisionOf(document)];
      if (build !== null && revision !== null) this.#byBuild.set(build, revision);
    }
  }

  revisionsOf(commit: string): readonly Revision[] {
    return this.#byCommit.get(commit) ?? [];
  }

  revisionOfBuild(hex: string): Revision | null {
    return this.#byBuild.get(hex) ?? null;
  }
}
