import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { EgressPolicy } from './egress-policy.js';

/** How long {@link EgressGuard.check} waits for a name to resolve, so that saving a webhook never hangs on DNS. */
const CHECK_LOOKUP_MS = 2_000;

/** Resolves a name to all of its addresses: the form of `dns.lookup` with `all: true`. */
export type Resolver = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Whether deliveries may go to a URL. `reason` is a full sentence that names the setting that would allow it. */
export type EgressVerdict =
  | {
      readonly allowed: true;
      /** What the name resolved to, all of it checked. */
      readonly addresses?: readonly string[];
      /** The name has no address now; the check at each try decides. */
      readonly unresolved?: true;
    }
  | { readonly allowed: false; readonly reason: string };

/** What {@link EgressGuard.lookup} calls back with in place of addresses; its message is the verdict's reason. */
export class EgressRefusedError extends Error {
  readonly code = 'EGRESS_REFUSED';

  constructor(reason: string) {
    super(reason);
    this.name = 'EgressRefusedError';
  }
}

const ALLOWED: EgressVerdict = Object.freeze({ allowed: true });

/**
 * Keeps deliveries from reaching into the network that Flagpost runs in (SSRF). The same rules apply when a webhook
 * is saved or tested ({@link check}) and at every try: {@link checkUrl} for what the URL itself says, and
 * {@link lookup} as the resolver of the connection, so that the address checked is the one connected to and a name
 * that resolves differently the second time (DNS rebinding) gains nothing.
 */
export class EgressGuard {
  /** @param resolver in place of `dns.lookup`, for tests */
  constructor(
    private readonly policy: EgressPolicy,
    private readonly resolver: Resolver = dnsLookup,
  ) {}

  /**
   * The whole check, for saving and testing: scheme, credentials, and every address that the host has now.
   * Never rejects. A name that doesn't resolve within 2 s is allowed with `unresolved`.
   */
  async check(url: string): Promise<EgressVerdict> {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (!parsed) return refuse('This is not a valid URL; give an absolute http or https URL.');
    const verdict = this.checkUrl(parsed);
    const host = bareHost(parsed.hostname);
    if (!verdict.allowed || isIP(host) !== 0 || this.policy.allowsHost(host)) return verdict;
    const addresses = await this.resolveForCheck(host);
    if (addresses.length === 0) return { allowed: true, unresolved: true };
    const reason = this.refusalOf(host, addresses);
    return reason === undefined ? { allowed: true, addresses } : refuse(reason);
  }

  /** What can be said without a look-up: http or https, no credentials, and no refused address as the host. */
  checkUrl(url: URL): EgressVerdict {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return refuse(
        `URLs with the scheme ${url.protocol.slice(0, -1)} are refused: deliveries go by http or https only.`,
      );
    }
    if (url.username !== '' || url.password !== '') {
      return refuse(
        `The URL for ${url.hostname} carries a user name or password; put credentials into a header.`,
      );
    }
    return this.checkLiteral(url.hostname);
  }

  /**
   * Checks a host that is an address (`127.0.0.1`, `[::1]`): those never reach {@link lookup}. Names are allowed
   * here. Expects the host as URL parsing gives it, which has brought `0x7f.1` and its like into dotted form.
   */
  checkLiteral(hostname: string): EgressVerdict {
    const host = bareHost(hostname);
    if (isIP(host) === 0) return ALLOWED;
    const reason = this.refusalOf(host, [host]);
    return reason === undefined ? ALLOWED : refuse(reason);
  }

  /**
   * `dns.lookup` for the connector: hands back only addresses that were checked. One refused address refuses the
   * whole name, with an {@link EgressRefusedError}: a name that mixes both kinds is no receiver's accident.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolver(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, options.all ? [] : '');
      const first = found[0];
      if (!first) return callback(notFound(hostname), options.all ? [] : '');
      const reason = this.policy.allowsHost(hostname)
        ? undefined
        : this.refusalOf(
            hostname,
            found.map(({ address }) => address),
          );
      if (reason !== undefined) return callback(new EgressRefusedError(reason), options.all ? [] : '');
      if (options.all) return callback(null, found);
      return callback(null, first.address, first.family);
    });
  };

  /** The sentence for the first address that is refused; `undefined` when none is. */
  private refusalOf(host: string, addresses: readonly string[]): string | undefined {
    for (const address of addresses) {
      const kind = this.policy.refusedKind(address);
      if (kind === undefined) continue;
      const block = `${address}/${isIP(address) === 4 ? 32 : 128}`;
      return host === address
        ? `${host} is ${kind}, which deliveries may not reach; ${block} in the setting EGRESS_ALLOW would allow it.`
        : `${host} resolves to ${address}, ${kind}, which deliveries may not reach; ${host} or ${block} in the setting EGRESS_ALLOW would allow it.`;
    }
    return undefined;
  }

  /** The addresses of a name; none when it has none, the look-up fails, or it takes longer than 2 s. */
  private resolveForCheck(host: string): Promise<string[]> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve([]), CHECK_LOOKUP_MS);
      const finish = (addresses: string[]): void => {
        clearTimeout(timer);
        resolve(addresses);
      };
      try {
        this.resolver(host, { all: true }, (error, found) =>
          finish(error ? [] : found.map(({ address }) => address)),
        );
      } catch {
        finish([]);
      }
    });
  }
}

function refuse(reason: string): EgressVerdict {
  return { allowed: false, reason };
}

/** `[::1]`, as URLs write it, to `::1`. */
function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });
}
