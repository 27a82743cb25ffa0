import type { Judgement } from './document-judge.ts';

/** What the worker thread is asked to judge. Files are open in this process, and stay so until it has answered. */
export interface JudgeJob {
  /** The descriptor of the file that holds the document. */
  readonly document: number;
  /** Where in it the document begins. */
  readonly offset: number;
  /** The descriptor of the file that takes the objects, one a line. */
  readonly objects: number;
  readonly origins: readonly string[] | null;
  /** One integer: not 0 once nobody waits any more. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

/** The worker's answer: a judgement, or what failed that is not the document's fault. */
export type JudgeAnswer =
  | { readonly judgement: Judgement }
  | { readonly failed: string; readonly code: string | undefined };
