import { parseDuration } from '../config/config-schema.ts';
import { loadConfig } from '../config/load-config.ts';
import { isOriginClaim, makeToken } from '../ingest/token.ts';
import { CONFIG_FLAG, type Command, UsageError } from './command.ts';
import { printError } from './console.ts';
import { describeConfig } from './existing-store.ts';

const DEFAULT_LIFETIME = '30d';

/** `kcigraph token`: prints a token by which a CI system submits. */
export const token: Command = {
  summary: 'Make a token by which a CI system submits.',
  operands: '',
  flags: {
    origin: { value: 'ORIGIN', repeated: true, description: 'whose objects it may send; may be repeated; "*" for all' },
    expires: { value: 'TIME', description: `how long it is valid, such as 12h or 365d (default: ${DEFAULT_LIFETIME})` },
    config: CONFIG_FLAG,
  },
  details: `
It is signed with submit.jwtSecret of the configuration, the first one of several.`,
  async run(args) {
    const origins = args.list('origin');
    if (origins.length === 0) {
      throw new UsageError('"kcigraph token" needs an origin: kcigraph token --origin ORIGIN.');
    }
    for (const origin of origins) {
      if (isOriginClaim(origin)) continue;
      throw new UsageError(
        `--origin takes lower-case letters, digits and "_", or "*" for all, and not "${origin.slice(0, 60)}".`,
      );
    }
    const expires = expiry(args.text('expires') ?? DEFAULT_LIFETIME);
    const config = await loadConfig({ file: args.text('config') });
    // Standard output holds nothing but the token.
    printError(describeConfig(config));
    const secret = config.submit?.secrets[0];
    if (secret === undefined) {
      throw new UsageError('There is no secret to sign a token with: set submit.jwtSecret in the configuration.');
    }
    process.stdout.write(`${await makeToken(origins, expires, secret)}\n`);
    return 0;
  },
};

/** Seconds since the epoch. */
function expiry(text: string): number {
  const lifetime = /[a-z]/i.test(text) ? parseDuration(text) : null;
  const expires = Math.floor((Date.now() + (lifetime ?? 0)) / 1000);
  if (lifetime !== null && lifetime >= 1000 && Number.isSafeInteger(expires)) return expires;
  throw new UsageError(`--expires takes a time such as 12h, 30d or 52w, and not "${text.slice(0, 40)}".`);
}
