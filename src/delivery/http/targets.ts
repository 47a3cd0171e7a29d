import type { EgressGuard } from '../egress/egress-guard.js';
import type { ConnectionPhases } from './connection-phases.js';
import type { FailureCause } from './failure.js';

/** URLs that are remembered; when it is full the cache starts over, and a miss costs two microseconds. */
const MAX_REMEMBERED = 1_000;

/** Where a URL leads in undici's terms, or why nothing is sent there. */
export type Target =
  | {
      readonly origin: string;
      readonly path: string;
      readonly refused?: undefined;
      /** Says what a connection that was not made in time was still waiting for, if that is known. */
      readonly missing: () => string | undefined;
    }
  | { readonly refused: FailureCause };

/**
 * Parses webhook URLs and asks the guard what can be asked without a look-up. Remembers both, as the same few URLs
 * come over and over and neither changes while the process runs; what names resolve to is never remembered.
 */
export class Targets {
  private readonly known = new Map<string, Target>();

  constructor(
    private readonly guard: EgressGuard,
    private readonly phases: ConnectionPhases,
  ) {}

  of(url: string): Target {
    const known = this.known.get(url);
    if (known) return known;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    const target = this.read(url);
    this.known.set(url, target);
    return target;
  }

  private read(url: string): Target {
    if (!URL.canParse(url))
      return { refused: { reason: 'other', message: 'the URL of the webhook is not valid' } };
    const parsed = new URL(url);
    const verdict = this.guard.checkUrl(parsed);
    if (!verdict.allowed) return { refused: { reason: 'egress', message: verdict.reason } };
    const { origin, pathname, search } = parsed;
    return { origin, path: pathname + search, missing: () => whatNeverCame(parsed, this.phases) };
  }
}

function whatNeverCame({ origin, host, hostname }: URL, phases: ConnectionPhases): string | undefined {
  switch (phases.of(origin)) {
    case 'look-up':
      return `DNS gave no address for ${hostname} in that time`;
    case 'connect':
      return `nothing answered at ${host}; a firewall may drop what is sent there`;
    case 'tls':
      return `${host} took the connection but did not end the TLS handshake`;
    case undefined:
      return undefined;
  }
}
