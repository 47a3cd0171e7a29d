import { isIPv6 } from 'node:net';

const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Groups of an IPv6 address that name the network of one customer: whoever has an address has 2^64 of them. */
const NETWORK_GROUPS = 4;

/** What to count attempts of an address by: the address itself, for IPv6 its /64 network. */
export function networkOf(address: string): string {
  const embedded = IPV4_IN_IPV6.exec(address)?.[1];
  if (embedded) return embedded;
  const plain = address.split('%')[0] ?? '';
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, NETWORK_GROUPS).join(':')}::/64` : address;
}

/** The eight groups of an address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = split(head);
  const after = split(tail ?? '');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}

function split(groups: string): string[] {
  return groups === '' ? [] : groups.split(':');
}
