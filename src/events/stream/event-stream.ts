import { Readable } from 'node:stream';
import { EventDto } from '../event.dto.js';
import type { EventCriteria, EventRepository } from '../event.repository.js';
import { HEARTBEAT, messageBlock, retryBlock } from './server-sent-events.js';

/** How long clients wait before they connect again, milliseconds. */
const RECONNECT_MS = 2_000;

/** Events read at once: data may be a megabyte each, and every listener holds one page at the most. */
const EVENTS_PER_PAGE = 20;

/** A client that takes nothing over this many heartbeats is gone or too slow. */
const HEARTBEATS_UNTIL_DROPPED = 2;

/** How long a client may take what was under way when its stream ended, milliseconds: a stop of the server waits for it. */
const END_GRACE_MS = 1_000;

/** What one listener gets. */
export interface StreamOrder {
  readonly organizationId: number;
  readonly criteria: EventCriteria;
  /** Number of the last event that the listener has. */
  readonly position: number;
  readonly heartbeatMs: number;
  /** Rejects once the listener may no longer listen. */
  readonly checkAccess: () => Promise<unknown>;
  /** Closes the connection, whatever is under way. */
  readonly hangUp: () => void;
}

/**
 * The feed as one listener gets it: what there is after its position, then what comes, with a heartbeat in between.
 *
 * ```
 *             position < newest                     client takes it
 *   waiting ────────────────────▶ reads one page ──────────────────▶ next page, or waiting
 *      ▲ └─ heartbeat: a comment, and access is checked
 *      │
 *   told of a newer event
 * ```
 *
 * Everything is pulled: the next page is read when the client has taken the one before, so a slow client holds one page in memory.
 * A page ends at the newest number known when it was asked for. One that isn't full has therefore seen everything up to that
 * number, whatever was filtered out, and the position moves there without a gap.
 */
export class EventStream {
  /** What to send. */
  readonly body: Readable;
  readonly #heartbeat: NodeJS.Timeout;
  #position: number;
  #newest = 0;
  #isOver = false;
  #hangUp: NodeJS.Timeout | undefined;
  #heartbeatIsDue = false;
  #waitsForClient = false;
  #heartbeatsUntaken = 0;
  #wake: () => void = () => undefined;

  constructor(
    private readonly order: StreamOrder,
    private readonly events: EventRepository,
  ) {
    this.#position = order.position;
    this.#heartbeat = setInterval(() => void this.#beat(), order.heartbeatMs);
    this.body = Readable.from(this.#watched(), { objectMode: false });
  }

  /** There are events up to this number. */
  advance(newest: number): void {
    this.#newest = Math.max(this.#newest, newest);
    this.#wake();
  }

  /** Ends it after the block under way, so that clients connect again and lose nothing. Those that take too long are cut off. */
  end(): void {
    this.#stop();
    this.#hangUp ??= setTimeout(this.order.hangUp, END_GRACE_MS);
  }

  /** The connection is closed: lets go of everything. */
  closed(): void {
    this.#stop();
    clearTimeout(this.#hangUp);
    this.body.destroy();
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    this.#wake();
  }

  /** Knows whether it is the client that is waited for. */
  async *#watched(): AsyncGenerator<string> {
    for await (const block of this.#blocks()) {
      this.#waitsForClient = true;
      yield block;
      this.#waitsForClient = false;
      this.#heartbeatsUntaken = 0;
    }
  }

  async *#blocks(): AsyncGenerator<string> {
    yield retryBlock(RECONNECT_MS);
    while (!this.#isOver) {
      if (this.#position < this.#newest) yield* this.#nextPage(this.#newest);
      else if (this.#heartbeatIsDue) yield this.#heartbeatBlock();
      else await this.#woken();
    }
  }

  async *#nextPage(upTo: number): AsyncGenerator<string> {
    const { organizationId, criteria } = this.order;
    const position = this.#position;
    const page = await this.events.listAfter(organizationId, position, criteria, EVENTS_PER_PAGE, upTo);
    for (const event of page) {
      if (this.#isOver) return;
      yield messageBlock(event.id, EventDto.from(event));
      this.#position = event.sequence;
    }
    if (page.length < EVENTS_PER_PAGE) this.#position = upTo;
  }

  #heartbeatBlock(): string {
    this.#heartbeatIsDue = false;
    return HEARTBEAT;
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #beat(): Promise<void> {
    if (this.#waitsForClient) this.#heartbeatsUntaken += 1;
    if (this.#heartbeatsUntaken > HEARTBEATS_UNTIL_DROPPED) return this.order.hangUp();
    this.#heartbeatIsDue = true;
    this.#wake();
    await this.order.checkAccess().catch(() => this.end());
  }
}
