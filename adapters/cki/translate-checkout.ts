import type { Checkout, Found, Json } from '../kit/author.ts';
import { toModel } from '../kit/kcidb/to-model.ts';
import { secureRepositoryUrl } from '../kit/normalise-url.ts';
import { isRaw, textOf } from './client/raw.ts';
import { readRecord, type Warn } from './kcidb-record.ts';

/** A checkout as it is. A repository that is not named by https is, where it can be; how it was named stays in `misc`. */
export function translateCheckout(given: Json, warn: Warn): Found<Checkout> | null {
  let record = given;
  let extra: Readonly<Record<string, Json>> = {};
  if (isRaw(given)) {
    const [url, hash] = [textOf(given, 'git_repository_url'), textOf(given, 'git_commit_hash')];
    const secure = url === null ? null : httpsOf(url);
    record = {
      ...given,
      ...(url === null ? {} : { git_repository_url: secure }),
      ...(hash === null ? {} : { git_commit_hash: hash.toLowerCase() }),
    };
    if (url !== null && secure !== url) extra = { git_repository_url: url };
  }
  const object = readRecord('checkouts', record, extra, warn);
  const stored = object === null ? null : toModel('checkouts', object);
  return stored?.entity === 'checkout' ? { object: stored.object, time: stored.object.startTime } : null;
}

/** Null for what no https address stands for. */
function httpsOf(url: string): string | null {
  const secure = secureRepositoryUrl(url);
  const kernelOrg = /^http:\/\/((?:[a-z0-9-]+\.)*kernel\.org\/.*)$/i.exec(secure)?.[1];
  if (kernelOrg !== undefined) return `https://${kernelOrg}`;
  return /^(http|ssh|git\+ssh|file):\/\/|^[^/]+@[^/]+:/i.test(secure) ? null : secure;
}
