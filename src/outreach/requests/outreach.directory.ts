import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EndpointDirectory, EndpointOwners, type DeliveryEnd, type Endpoint } from '../../delivery/index.js';
import { Touchpoints, type Touchpoint } from '../touchpoints/touchpoint.js';
import { BatchResults } from './batch-results.js';
import { RECEIPT_EVENT, REACH_EVENT } from './reach-bodies.js';
import { ReachEndpoint, ReceiptEndpoint } from './reach-endpoint.js';

/** Answers what the delivery engine asks of touchpoints, of the endpoints that reach users and of those that are asked for receipts. */
@Injectable()
export class OutreachDirectory extends EndpointDirectory implements OnModuleInit {
  constructor(
    private readonly owners: EndpointOwners,
    private readonly touchpoints: Touchpoints,
    private readonly results: BatchResults,
  ) {
    super();
  }

  onModuleInit(): void {
    this.owners.register(['REACH', 'RECEIPT'], this);
  }

  /** Those of enabled touchpoints. Two calls at the most, whatever the number of ids. */
  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    const { reaching, asking } = await this.#find(ids);
    const endpoints = new Map<number, Endpoint>();
    for (const touchpoint of reaching) {
      if (touchpoint.status === 'ENABLED') endpoints.set(touchpoint.id, new ReachEndpoint(touchpoint));
    }
    for (const touchpoint of asking) {
      if (touchpoint.status !== 'ENABLED' || touchpoint.config.receipts?.mode !== 'ASYNC') continue;
      const endpoint = new ReceiptEndpoint(touchpoint);
      endpoints.set(endpoint.id, endpoint);
    }
    return endpoints;
  }

  /** A touchpoint is disabled as a whole, whichever of its two endpoints it is about. */
  async disable(id: number, reason: string): Promise<void> {
    const { reaching, asking } = await this.#find([id]);
    for (const touchpoint of [...reaching, ...asking]) {
      await this.results.abandon(touchpoint.id, reason);
      await this.touchpoints.disableBySystem(touchpoint.id, reason);
    }
  }

  override async ended(ends: readonly DeliveryEnd[]): Promise<void> {
    const reached = ends.filter(({ eventName }) => eventName === REACH_EVENT);
    const receipted = ends.filter(({ eventName }) => eventName === RECEIPT_EVENT);
    if (reached.length > 0) await this.results.reached(reached);
    if (receipted.length > 0) await this.results.receipted(receipted);
  }

  /** An id is that of a touchpoint, or of the endpoint for its receipts, never both. */
  async #find(
    ids: readonly number[],
  ): Promise<{ readonly reaching: readonly Touchpoint[]; readonly asking: readonly Touchpoint[] }> {
    if (ids.length === 0) return { reaching: [], asking: [] };
    const found = await this.touchpoints.load(ids);
    const reaching = [...found.values()];
    const known = new Set(reaching.map(({ id }) => id));
    const others = ids.filter((id) => !known.has(id));
    const asking = others.length === 0 ? [] : (await this.touchpoints.ofReceiptEndpoints(others)).values();
    return { reaching, asking: [...asking] };
  }
}
