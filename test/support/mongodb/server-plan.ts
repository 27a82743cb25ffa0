import type { Document } from 'bson';
import type { Db } from 'mongodb';
import { explainable } from './command-read.ts';
import type { SentCommand } from './wire-proxy.ts';

/** What MongoDB itself says of a command. */
export interface ServerPlan {
  readonly scans: boolean;
  /** Documents or entries of an index, whichever were more. */
  readonly examined: number;
}

/** For MongoDB alone: FerretDB does not explain what it does. */
export async function explainOnServer(db: Db, command: SentCommand): Promise<ServerPlan> {
  const explained = await db.command({ explain: explainable(command), verbosity: 'executionStats' });
  const stages: string[] = [];
  let [documents, keys] = [0, 0];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
      return;
    }
    const part: Document = value;
    if (typeof part.stage === 'string') stages.push(part.stage);
    documents = Math.max(documents, Number(part.totalDocsExamined ?? 0));
    keys = Math.max(keys, Number(part.totalKeysExamined ?? 0));
    for (const [name, each] of Object.entries(part)) if (name !== 'rejectedPlans') visit(each);
  };
  visit(explained);
  return { scans: stages.includes('COLLSCAN'), examined: Math.max(documents, keys) };
}
