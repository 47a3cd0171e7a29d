import type { OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Log } from '../../../platform/log/logger.js';

/** How often Redis is asked whether it is there, milliseconds. One that hasn't answered by the next time counts as gone. */
const PING_MS = 1_000;

/** Pings in a row without an answer, after which the connection is made anew: its other end may have vanished without a word. */
const MAX_SILENCE = 5;

/** Waits before connecting again, milliseconds: doubled from the first to the last. */
const RECONNECT_MS = { first: 100, last: 2_000 };

/** Back for so long: said to be back, so that a Redis that comes and goes doesn't fill the log. Milliseconds. */
const SETTLED_MS = 2_000;

/** Longest wait for answers under way at a stop, milliseconds. */
const STOP_LIMIT_MS = 1_000;

/**
 * The connection to Redis, which may come and go as it likes: it is made again for ever, the log has one line when it goes and one
 * when it is back, and nobody waits for it.
 */
export class RedisLink implements OnApplicationShutdown {
  /** For commands that the caller can do without: while Redis is away they wait, so send only few of them then. */
  readonly client: Redis;
  #isUp: boolean | undefined;
  /** What the log said last. */
  #toldUp: boolean | undefined;
  #toldFailure = false;
  #reason = 'the connection was closed';
  #silence = 0;
  #stopping = false;
  #cancelPing: () => void = () => undefined;
  #cancelTelling: () => void = () => undefined;
  #onDown: () => void = () => undefined;

  constructor(
    url: string,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.client = new Redis(url, {
      // What BullMQ's blocking connection needs, which is made like this one.
      maxRetriesPerRequest: null,
      connectTimeout: 5_000,
      retryStrategy: (times) => Math.min(RECONNECT_MS.first * 2 ** (times - 1), RECONNECT_MS.last),
      // After a failover the connection may be to what is a replica now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.client.on('ready', () => this.#hear());
    this.client.on('error', (error: Error) => (this.#reason = error.message));
    this.client.on('close', () => {
      this.#silence = 0;
      this.#set(false);
    });
    this.#schedulePing();
  }

  /** Whether Redis answers. */
  get isUp(): boolean {
    return this.#isUp === true;
  }

  /** Calls back whenever Redis has gone. */
  onDown(listener: () => void): void {
    this.#onDown = listener;
  }

  /** Says in the log, once until something works again, that Redis answers and won't do what it is asked: it may be full, or deny it. */
  failed(error: unknown): void {
    if (!this.isUp || this.#toldFailure) return;
    this.#toldFailure = true;
    this.log.warn({ err: error }, 'Redis refuses wakes: workers find work in the database');
  }

  /** What was asked has been done. */
  worked(): void {
    this.#toldFailure = false;
  }

  /** Lets answers under way arrive, for a second at the most. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#cancelPing();
    this.#cancelTelling();
    const quit = this.isUp ? this.client.quit().catch(() => undefined) : Promise.resolve();
    await Promise.race([quit, this.clock.sleep(STOP_LIMIT_MS)]);
    this.client.disconnect();
  }

  #schedulePing(): void {
    this.#cancelPing = this.clock.setTimer(PING_MS, () => {
      this.#ping();
      this.#schedulePing();
    });
  }

  #ping(): void {
    if (this.client.status !== 'ready') return;
    if (this.#silence > 0) this.#set(false, 'no answer');
    if (this.#silence >= MAX_SILENCE) {
      this.client.disconnect(true);
      return;
    }
    this.#silence += 1;
    // One at a time: while Redis is silent nothing piles up.
    if (this.#silence === 1) void this.client.ping().then(() => this.#hear(), ignore);
  }

  #hear(): void {
    this.#silence = 0;
    this.#set(true);
  }

  #set(isUp: boolean, reason = this.#reason): void {
    if (isUp === this.#isUp || this.#stopping) return;
    this.#isUp = isUp;
    this.#cancelTelling();
    if (isUp) this.#tellUp();
    else {
      this.#tellDown(reason);
      this.#onDown();
    }
  }

  #tellUp(): void {
    if (this.#toldUp === undefined) {
      this.#toldUp = true;
      this.log.info({}, 'work is spread through Redis');
      return;
    }
    this.#cancelTelling = this.clock.setTimer(SETTLED_MS, () => {
      if (this.#toldUp === true) return;
      this.#toldUp = true;
      this.log.info({}, 'Redis is back, work is spread through it again');
    });
  }

  #tellDown(reason: string): void {
    if (this.#toldUp === false) return;
    this.#toldUp = false;
    this.log.warn({ reason }, 'Redis is out of reach: workers find work in the database until it is back');
  }
}

function ignore(): void {
  // Told by the connection's own events.
}
