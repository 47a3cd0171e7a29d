import type { ApiClient, Json } from './api-client.js';
import type { TestFlagpost } from './flagpost.js';
import type { Receiver } from './receiver.js';
import { waitFor } from './wait-for.js';

const VARIATIONS = [{ value: 'false' }, { value: 'true' }];

/** A Flagpost with some history, and what tests do with it. */
export class ReplayScene {
  #serial = 0;

  constructor(
    readonly flagpost: TestFlagpost,
    readonly receiver: () => Receiver,
  ) {}

  get owner(): ApiClient {
    return this.flagpost.owner;
  }

  async addWebhook(options: Json = {}): Promise<number> {
    this.#serial += 1;
    const webhook = {
      name: `webhook ${this.#serial}`,
      url: this.receiver().url,
      events: ['TOGGLE.PUBLISH'],
      timeoutMs: 1000,
    };
    return (await this.owner.ok('POST', '/api/webhooks', { ...webhook, ...options })).id;
  }

  async addToggle(): Promise<string> {
    this.#serial += 1;
    const key = `toggle-${this.#serial}`;
    const settings = { returnType: 'boolean', clientAvailability: true, disabledServe: 0 };
    const toggle = { key, name: key, ...settings, variations: VARIATIONS };
    await this.owner.ok('POST', '/api/projects/shop/toggles', toggle);
    return key;
  }

  /** Publishes a toggle so often; answers the ids of the events, oldest first. */
  async publish(toggle: string, times = 1): Promise<string[]> {
    const path = `/api/projects/shop/environments/online/toggles/${toggle}/targeting`;
    for (let time = 0; time < times; time += 1) {
      this.#serial += 1;
      await this.owner.ok('PATCH', path, { disabled: this.#serial % 2 === 0, comment: `c${this.#serial}` });
    }
    const query = `toggleKey=${toggle}&action=PUBLISH&limit=${times}`;
    return (await this.events(query)).map(({ id }) => id).toReversed();
  }

  /** Newest first. */
  async events(query: string): Promise<Json[]> {
    return (await this.owner.ok('GET', `/api/events?${query}`)).content;
  }

  replay(id: number, request: Json): Promise<Json> {
    return this.owner.ok('POST', `/api/webhooks/${id}/replay`, request);
  }

  progress(id: number, replayId: string): Promise<Json> {
    return this.owner.ok('GET', `/api/webhooks/${id}/replays/${replayId}`);
  }

  async ended(id: number, replayId: string): Promise<Json> {
    const replay = await waitFor(async () => {
      const found = await this.progress(id, replayId);
      return found.status === 'RUNNING' ? undefined : found;
    }, 'the replay to end');
    await this.drained(id);
    return replay;
  }

  drained(id: number): Promise<boolean> {
    return waitFor(async () => (await this.deliveries(id, 'status=PENDING')).length === 0, 'all deliveries');
  }

  /** Oldest first. */
  async deliveries(id: number, query = ''): Promise<Json[]> {
    const path = `/api/webhooks/${id}/deliveries?limit=500&${query}`;
    return (await this.owner.ok('GET', path)).content.toReversed();
  }

  async eventsDelivered(id: number, query = ''): Promise<string[]> {
    return (await this.deliveries(id, query)).map(({ eventId }) => eventId);
  }

  /** Ids of events in the order of their arrival, repeats left out. */
  arrived(): string[] {
    return [...new Set(this.receiver().received.map(({ headers }) => String(headers['webhook-id'])))];
  }
}
