import { setTimeout as delay } from 'node:timers/promises';
import { RefusedError, type Api, type FeedEvent } from './api.js';
import { reasonOf } from './reason.js';
import { readMessages } from './server-sent-events.js';

/** Waits before connecting again, until the server says otherwise; they double up to the second. */
const RECONNECT_MS = { first: 1_000, last: 30_000 };

/** The live feed, over as many connections as it takes: each goes on after the last event of the one before. */
export class EventFeed {
  #reconnectMs = RECONNECT_MS.first;
  #failures = 0;

  /** @param onTrouble hears that the connection was lost, and why */
  constructor(
    private readonly api: Api,
    private readonly onTrouble: (reason: string) => void,
  ) {}

  /**
   * Yields every event after the cursor once, until the signal.
   * @param filters query parameters of the feed
   * @throws RefusedError when the API wants no such listener, or no longer
   */
  async *follow(
    after: string,
    filters: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<FeedEvent> {
    const path = `/api/events/stream?${new URLSearchParams(filters).toString()}`;
    let lastId: string | undefined;
    while (!signal.aborted) {
      try {
        const from = lastId === undefined ? `&after=${after}` : '';
        const headers: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
        const body = await this.api.get(path + from, headers, signal);
        this.#failures = 0;
        for await (const { id, data } of readMessages(body, (wait) => (this.#reconnectMs = wait))) {
          lastId = id;
          yield JSON.parse(data) as FeedEvent;
        }
        this.#tell(signal, 'the server ended the stream');
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        this.#tell(signal, reasonOf(error));
      }
      await this.#pause(signal);
    }
  }

  #tell(signal: AbortSignal, reason: string): void {
    if (!signal.aborted) this.onTrouble(reason);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const wait = Math.min(this.#reconnectMs * 2 ** this.#failures, RECONNECT_MS.last);
    this.#failures += 1;
    await delay(wait, undefined, { signal }).catch(() => undefined);
  }
}
