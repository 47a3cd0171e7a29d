import type { ServerResponse } from 'node:http';
import { Receiver, type Received } from '../support/receiver.js';

/** A request of the platform, as the receiver took it. */
export interface Arrival {
  /** The event's id. */
  readonly webhookId: string;
  readonly bytes: Buffer;
  /** Answered with 200. */
  readonly accepted: boolean;
  /** Which run of the server it came from, counted from 1. */
  readonly run: number;
}

/** A receiver that fails one try in ten, in ways that receivers fail, and keeps account of what came. */
export class Arrivals {
  readonly all: Arrival[] = [];
  /** Raised by the test at each start of the server. */
  run = 0;
  #onNext: (() => void) | undefined;

  private constructor(readonly receiver: Receiver) {
    receiver.reply = (request, response) => this.#take(request, response);
  }

  static async start(): Promise<Arrivals> {
    return new Arrivals(await Receiver.start());
  }

  /** Calls back at the next request, after it was counted and before it is answered. */
  onNext(callback: () => void): void {
    this.#onNext = callback;
  }

  /** By webhook-id, in the order in which they came. */
  byId(): Map<string, Arrival[]> {
    const groups = new Map<string, Arrival[]>();
    for (const arrival of this.all) {
      const group = groups.get(arrival.webhookId);
      if (group) group.push(arrival);
      else groups.set(arrival.webhookId, [arrival]);
    }
    return groups;
  }

  #take(request: Received, response: ServerResponse): void {
    const number = this.all.length + 1;
    const accepted = number % 10 !== 0;
    const webhookId = String(request.headers['webhook-id']);
    this.all.push({ webhookId, bytes: request.bytes, accepted, run: this.run });
    this.#onNext?.();
    this.#onNext = undefined;
    if (accepted) response.writeHead(200).end('ok');
    else if (number % 20 === 0) response.destroy();
    else response.writeHead(503).end();
  }
}
