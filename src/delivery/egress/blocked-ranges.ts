import { BlockList, isIP } from 'node:net';

/** One kind of address that is not public, with the blocks that make it up. */
interface BlockedKind {
  /** With its article, to stand after "is" or behind a comma: `a loopback address`. */
  readonly kind: string;
  readonly blocks: readonly string[];
}

/**
 * IPv4 that is not public unicast: the IANA special-purpose registry (RFC 6890 and its successors) without the
 * blocks that are marked globally reachable. The first kind that matches names the address.
 */
const BLOCKED_IPV4: readonly BlockedKind[] = [
  { kind: 'the unspecified address', blocks: ['0.0.0.0/32'] },
  { kind: 'an address of "this network" (0.0.0.0/8)', blocks: ['0.0.0.0/8'] },
  { kind: 'a loopback address', blocks: ['127.0.0.0/8'] },
  { kind: 'a private address', blocks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
  { kind: 'a link-local address (cloud metadata)', blocks: ['169.254.0.0/16'] },
  { kind: 'a carrier-grade NAT address', blocks: ['100.64.0.0/10'] },
  { kind: 'an address for IETF protocol assignments', blocks: ['192.0.0.0/24'] },
  { kind: 'a documentation address', blocks: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'] },
  { kind: 'a 6to4 relay address', blocks: ['192.88.99.0/24'] },
  { kind: 'a benchmarking address', blocks: ['198.18.0.0/15'] },
  { kind: 'a multicast address', blocks: ['224.0.0.0/4'] },
  { kind: 'the broadcast address', blocks: ['255.255.255.255/32'] },
  { kind: 'a reserved address (240.0.0.0/4)', blocks: ['240.0.0.0/4'] },
];

/**
 * IPv6 that is not public unicast. Only 2000::/3 is given out, so {@link classify} refuses everything else too; what
 * is listed outside of it is there to be named well. An IPv4 address inside IPv6 is refused even when it is public:
 * a translator or tunnel on the way would decide where it leads, past the address that was checked.
 */
const BLOCKED_IPV6: readonly BlockedKind[] = [
  { kind: 'the unspecified address', blocks: ['::/128'] },
  { kind: 'a loopback address', blocks: ['::1/128'] },
  { kind: 'an IPv4 address inside IPv6 (mapped)', blocks: ['::ffff:0:0/96'] },
  { kind: 'an IPv4 address inside IPv6 (translated)', blocks: ['::ffff:0:0:0/96'] },
  { kind: 'an IPv4 address inside IPv6 (compatible)', blocks: ['::/96'] },
  { kind: 'an IPv4 address inside IPv6 (NAT64)', blocks: ['64:ff9b::/96', '64:ff9b:1::/48'] },
  { kind: 'an IPv4 address inside IPv6 (6to4)', blocks: ['2002::/16'] },
  { kind: 'an IPv4 address inside IPv6 (Teredo)', blocks: ['2001::/32'] },
  { kind: 'a benchmarking address', blocks: ['2001:2::/48'] },
  { kind: 'a documentation address', blocks: ['2001:db8::/32', '3fff::/20'] },
  { kind: 'an address for IETF protocol assignments', blocks: ['2001::/23'] },
  { kind: 'a unique-local address', blocks: ['fc00::/7'] },
  { kind: 'a link-local address', blocks: ['fe80::/10'] },
  { kind: 'a site-local address', blocks: ['fec0::/10'] },
  { kind: 'a multicast address', blocks: ['ff00::/8'] },
];

const IPV6_UNICAST = blockListOf(['2000::/3']);

/** Kept apart by family: a BlockList with IPv4 rules also matches their IPv4-mapped IPv6 spellings. */
const LISTS = {
  4: BLOCKED_IPV4.map(({ kind, blocks }) => ({ kind, list: blockListOf(blocks) })),
  6: BLOCKED_IPV6.map(({ kind, blocks }) => ({ kind, list: blockListOf(blocks) })),
} as const;

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/**
 * Says what kind of address this is when it is not a public unicast one, `undefined` when it is public.
 * Fails closed: what isn't an IP address, or carries a zone (`fe80::1%eth0`), is not public.
 */
export function classify(address: string): string | undefined {
  const family = isIP(address);
  if (family === 0) return 'not an IP address';
  if (address.includes('%')) return 'an address with a zone, so not a public one';
  const name = family === 4 ? 'ipv4' : 'ipv6';
  for (const { kind, list } of LISTS[family === 4 ? 4 : 6]) if (list.check(address, name)) return kind;
  if (family === 4) return undefined;
  if (!IPV6_UNICAST.check(address, 'ipv6')) return 'a reserved address (outside 2000::/3)';
  return isIsatap(address) ? 'an IPv4 address inside IPv6 (ISATAP)' : undefined;
}

/** ISATAP (RFC 5214): the interface part is `0000:5efe` or `0200:5efe` and then the IPv4 address, under any prefix. */
function isIsatap(address: string): boolean {
  const groups = groupsOf(address);
  return ((groups[4] ?? 0) & 0xfcff) === 0 && groups[5] === 0x5efe;
}

/** The eight 16-bit groups of a valid IPv6 address without a zone. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${hexPair(dotted[2], dotted[3])}:${hexPair(dotted[4], dotted[5])}`
    : address;
  const [head = '', tail] = text.split('::');
  const front = readGroups(head);
  if (tail === undefined) return front;
  const back = readGroups(tail);
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
}

function hexPair(high: string | undefined, low: string | undefined): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function readGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
