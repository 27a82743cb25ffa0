import type { Fault } from '../../adapters/adapter.ts';

export interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
}

/** A request that is turned away: the status, and a sentence for a person. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];

  constructor(status: number, message: string, { headers = {}, faults = [] }: RefusalOptions = {}) {
    super(message);
    this.name = 'HttpRefusal';
    this.status = status;
    this.headers = headers;
    this.faults = faults;
  }
}
