import type { Call } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { isHurried } from './upstream/patience.ts';

interface SharedRead<T> {
  readonly done: Promise<T>;
  readonly cancel: AbortController;
  waiting: number;
}

/** One read at a time of one thing: whoever asks for it meanwhile gets the same, and the last to leave ends it. */
export class SharedReads<T> {
  readonly #underWay = new Map<string, SharedRead<T>>();

  async read(name: string, call: Call, start: (call: Call) => Promise<T>): Promise<T> {
    if (call.signal.aborted) throw ended();
    const key = isHurried() ? `${name} soon` : name;
    const shared = this.#underWay.get(key) ?? this.#begin(key, call, start);
    shared.waiting += 1;
    const { promise, reject } = Promise.withResolvers<never>();
    const leave = () => reject(ended());
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([shared.done, promise]);
    } finally {
      call.signal.removeEventListener('abort', leave);
      shared.waiting -= 1;
      if (shared.waiting === 0) shared.cancel.abort();
    }
  }

  #begin(key: string, call: Call, start: (call: Call) => Promise<T>): SharedRead<T> {
    const cancel = new AbortController();
    const { deadline, fields, log } = call;
    const done = start({ signal: cancel.signal, deadline, fields, log, warn: (error) => call.warn(error) });
    const shared: SharedRead<T> = { done, cancel, waiting: 0 };
    this.#underWay.set(key, shared);
    const over = () => {
      if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
    };
    done.then(over, over);
    cancel.signal.addEventListener('abort', over, { once: true });
    return shared;
  }
}

function ended(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The call ended before what was asked for had been read.');
}
