import type { ByCommit } from '../checkouts/by-commit.ts';
import type { NodeClient } from '../client.ts';
import type { Descendants } from '../nodes/descendants.ts';
import type { Lineage } from '../nodes/lineage.ts';
import type { Shapes } from '../nodes/shapes.ts';
import type { TranslationContext } from '../translate/translation.ts';

/** What the queries are made of. */
export interface MaestroSource {
  readonly client: NodeClient;
  readonly shapes: Shapes;
  readonly lineage: Lineage;
  readonly descendants: Descendants;
  readonly byCommit: ByCommit;
  readonly translation: TranslationContext;
}
