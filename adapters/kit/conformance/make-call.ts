import type { Call, Logger } from '../../adapter.ts';
import type { SourceError } from '../../errors.ts';
import type { EntityName } from '../../model.ts';
import { allFields } from '../model-fields.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A call as the gateway would make it. */
export function makeCall(
  entity: EntityName,
  asking: { readonly fields?: ReadonlySet<string>; readonly signal?: AbortSignal; readonly deadline?: number },
  callMs: number,
  warn: (error: SourceError) => void,
): Call {
  return {
    signal: asking.signal ?? AbortSignal.timeout(callMs),
    deadline: asking.deadline ?? Date.now() + callMs,
    fields: asking.fields ?? allFields(entity),
    log: SILENT,
    warn,
  };
}
