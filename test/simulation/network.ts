import type { Exchange, OutgoingRequest } from '../../src/delivery/http/exchange.js';
import type { Random } from './random.js';
import type { VirtualClock } from './virtual-clock.js';

/** What a receiver does for a while. */
export type Mood = 'fine' | 'broken' | 'hanging' | 'unreachable' | 'moody' | 'busy' | 'gone' | 'picky';

/** A request that reached a receiver. */
export interface Arrival {
  readonly at: number;
  readonly endpointId: number;
  readonly deliveryId: string;
  readonly accepted: boolean;
}

/** Receivers with moods, and what reached them. */
export class Network {
  readonly arrivals: Arrival[] = [];
  readonly #moods = new Map<number, Mood>();
  readonly #open = new Map<number, number>();
  /** Most requests open at once, by endpoint. */
  readonly most = new Map<number, number>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly onArrival: (deliveryId: string) => void,
  ) {}

  setMood(endpointId: number, mood: Mood): void {
    this.#moods.set(endpointId, mood);
  }

  /** What happens at the receiver happens at once; whoever asked waits for the answer. */
  send(request: OutgoingRequest): { readonly exchange: Exchange; readonly afterMs: number } {
    const endpointId = Number(new URL(request.url).pathname.slice(1));
    const deliveryId = request.headers['X-Delivery'] ?? '';
    const answer = this.#answer(this.#moods.get(endpointId) ?? 'fine', request.timeoutMs);
    this.onArrival(deliveryId);
    if (answer.arrives) {
      const { exchange } = answer;
      const accepted = exchange.kind === 'answer' && exchange.statusCode === 200;
      this.arrivals.push({ at: this.clock.monotonic(), endpointId, deliveryId, accepted });
    }
    this.#count(endpointId, 1);
    this.clock.setTimer(answer.afterMs, () => this.#count(endpointId, -1));
    return answer;
  }

  #count(endpointId: number, by: 1 | -1): void {
    const open = (this.#open.get(endpointId) ?? 0) + by;
    this.#open.set(endpointId, open);
    this.most.set(endpointId, Math.max(open, this.most.get(endpointId) ?? 0));
  }

  #answer(mood: Mood, timeoutMs: number): { arrives: boolean; afterMs: number; exchange: Exchange } {
    const afterMs = this.random.between(1, 200);
    const status = (statusCode: number, headers: Record<string, string> = {}) => ({
      arrives: true,
      afterMs,
      exchange: {
        kind: 'answer',
        statusCode,
        headers,
        body: Buffer.alloc(0),
        durationMs: afterMs,
      } as Exchange,
    });
    const failure = (reason: 'timeout' | 'refused' | 'reset', takesMs: number, arrives: boolean) => ({
      arrives,
      afterMs: takesMs,
      exchange: { kind: 'failure', reason, message: `simulated: ${reason}`, durationMs: takesMs } as Exchange,
    });
    switch (mood) {
      case 'fine':
        return status(200);
      case 'broken':
        return status(500);
      case 'hanging':
        return failure('timeout', timeoutMs, true);
      case 'unreachable':
        return failure('refused', 1, false);
      case 'busy':
        return this.random.chance(0.5)
          ? status(200)
          : status(429, { 'retry-after': String(this.random.between(1, 60)) });
      case 'gone':
        return this.random.chance(0.2) ? status(410) : status(200);
      case 'picky':
        return this.random.chance(0.2) ? status(200, { 'webhook-delivery': 'abort-message' }) : status(200);
      case 'moody':
        return this.random.pick([
          status(200),
          status(500),
          failure('timeout', timeoutMs, true),
          failure('reset', afterMs, true),
        ]);
    }
  }
}
