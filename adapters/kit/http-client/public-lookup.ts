import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';

/** What an attempt to connect to a private address fails with; `connectionFault` knows it. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/** Addresses that belong to nobody's public host: private, shared, loopback, link-local, unspecified, multicast, reserved. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is none that a public host has. An IPv4 address within an IPv6 one counts as itself. */
export function isPrivateAddress(address: string, family: number): boolean {
  return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Looks a host up, and refuses it where its name leads to a private address: whoever holds the name of a public source
 * could else make us ask within our own network. An address that was configured as such is never looked up, and
 * `localhost` says what it is.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true } satisfies LookupOptions, (error, found) => {
    const addresses: readonly LookupAddress[] = error === null ? found : [];
    const isOwn = /^(.+\.)?localhost\.?$/i.test(hostname);
    const isRefused = !isOwn && addresses.some(({ address, family }) => isPrivateAddress(address, family));
    const [first] = addresses;
    if (error !== null || isRefused || first === undefined) {
      const fault: NodeJS.ErrnoException = error ?? new Error(`The host ${hostname} has a private address.`);
      if (isRefused) fault.code = PRIVATE_ADDRESS;
      callback(fault, '', 0);
    } else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  });
};
