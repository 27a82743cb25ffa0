import { type CollectionIndex, indexesOf } from './collection-index.ts';

/** Maestro's code makes no index; these are known of those that its production has by hand. */
export const MAESTRO_INDEXES: readonly CollectionIndex[] = indexesOf({
  node: [
    'data.kernel_revision.commit',
    'data.kernel_revision.commit data.kernel_revision.branch data.kernel_revision.tree',
    'created',
    'created updated',
    'id',
    'kind',
  ],
});
