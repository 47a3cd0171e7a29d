import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { classify } from './blocked-ranges.js';

/** A host name as DNS and hosts files have them: labels of letters, digits, `-` and `_`, at most 253 characters. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What the URL standard would read as an IPv4 address (`127.1`, `0x7f.1`): never a name, so a malformed entry. */
const NUMERIC_END = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/**
 * Where deliveries may go: every public unicast address, and besides those what `EGRESS_ALLOW` names.
 * Immutable; holds no names' addresses, so it knows nothing of DNS.
 */
export class EgressPolicy {
  private constructor(
    private readonly hosts: ReadonlySet<string>,
    private readonly ipv4: BlockList,
    private readonly ipv6: BlockList,
  ) {}

  /**
   * Reads the entries of `EGRESS_ALLOW`: host names (`hooks.corp`), CIDR blocks (`10.0.0.0/8`, `::1/128`) and bare
   * addresses. Blank entries are passed over. Throws an Error that names the first malformed entry; its message reads on after the
   * name of the setting.
   */
  static parse(entries: readonly string[]): EgressPolicy {
    const hosts = new Set<string>();
    // One list per family: a BlockList with IPv4 rules also matches IPv4-mapped IPv6, which must be named as such.
    const lists = { 4: new BlockList(), 6: new BlockList() };
    for (const raw of entries) {
      const entry = raw.trim();
      if (entry === '') continue;
      const block = readBlock(entry);
      if (block) {
        const family = block.family === 4 ? 'ipv4' : 'ipv6';
        lists[block.family].addSubnet(block.address, block.prefix, family);
      } else {
        hosts.add(readHost(entry));
      }
    }
    return new EgressPolicy(hosts, lists[4], lists[6]);
  }

  /** Whether this very name is allowed, whatever it resolves to. Case and a trailing dot don't count. */
  allowsHost(host: string): boolean {
    return this.hosts.size > 0 && this.hosts.has(normalizeHost(host));
  }

  /** What kind of refused address this is (`a loopback address`), or `undefined` where deliveries may go. */
  refusedKind(address: string): string | undefined {
    const kind = classify(address);
    if (kind === undefined) return undefined;
    // A zone (fe80::1%eth0) only says which link to use; a block names the address itself.
    const bare = address.split('%', 1)[0] ?? '';
    const family = isIP(bare);
    if (family === 4 && this.ipv4.check(bare, 'ipv4')) return undefined;
    if (family === 6 && this.ipv6.check(bare, 'ipv6')) return undefined;
    return kind;
  }
}

/** Lower case, without one trailing dot: two spellings of a name that DNS takes for one. */
export function normalizeHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

interface Block {
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
}

/** The block that an entry names; `undefined` when it has to be a host name. */
function readBlock(entry: string): Block | undefined {
  const [rawAddress = '', prefix, ...rest] = entry.split('/');
  const address = rawAddress.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  if (version === 0 && prefix === undefined) return undefined;
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  const wellFormed = version !== 0 && rest.length === 0 && !address.includes('%') && length <= bits;
  if (!wellFormed || !/^\d{1,3}$/.test(prefix ?? '0')) throw malformed(entry);
  return { address, prefix: length, family: version === 4 ? 4 : 6 };
}

/** A host name in the form that URLs have it: lower case, punycode, no trailing dot. */
function readHost(entry: string): string {
  const host = domainToASCII(normalizeHost(entry));
  if (!HOST_NAME.test(host) || NUMERIC_END.test(host)) throw malformed(entry);
  return host;
}

function malformed(entry: string): Error {
  return new Error(
    `has the malformed entry "${entry}": give a host name (hooks.corp), an address or a CIDR block (10.0.0.0/8)`,
  );
}
