import { setTimeout as delay } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { Receiver, type Received } from '../support/receiver.js';

/** A request as it came: for which webhook, when, and what came of it. */
export interface Visit {
  /** Last part of the webhook's path. */
  readonly hook: string;
  /** The event's id. */
  readonly eventId: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Requests of this webhook that were being answered, this one included. */
  readonly crowd: number;
  accepted: boolean;
}

/** One receiver for several webhooks, which counts how many requests of each it has at once, and refuses one in fifteen. */
export class CrowdedReceiver {
  readonly visits: Visit[] = [];
  readonly #crowds = new Map<string, number>();

  private constructor(private readonly receiver: Receiver) {
    receiver.reply = (request, response) => this.#take(request, response);
  }

  static async start(): Promise<CrowdedReceiver> {
    return new CrowdedReceiver(await Receiver.start());
  }

  urlOf(hook: string): string {
    return `${this.receiver.url}/${hook}`;
  }

  of(hook: string): Visit[] {
    return this.visits.filter((visit) => visit.hook === hook);
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  async #take({ path, headers }: Received, response: ServerResponse): Promise<void> {
    const hook = path.split('/').at(-1)!;
    const crowd = (this.#crowds.get(hook) ?? 0) + 1;
    this.#crowds.set(hook, crowd);
    // Also when the sender is killed meanwhile.
    response.once('close', () => this.#crowds.set(hook, this.#crowds.get(hook)! - 1));
    const eventId = String(headers['webhook-id']);
    const visit: Visit = { hook, eventId, at: performance.now(), crowd, accepted: false };
    this.visits.push(visit);
    const isRefused = this.visits.length % 15 === 0;
    await delay(5 + Math.random() * 35);
    visit.accepted = !isRefused;
    response.writeHead(isRefused ? 503 : 200).end();
  }
}
