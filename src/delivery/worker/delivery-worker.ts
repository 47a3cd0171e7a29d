import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { WorkSpread, type Sweep } from '../spread/work-spread.js';
import { DeliveryRound } from '../queue/delivery-round.js';
import { LEASE_MARGIN_MS, type Claim } from '../queue/claim.js';
import { DeliverySender } from './delivery-sender.js';
import { DueEndpoints } from './due-endpoints.js';
import { InFlight } from './in-flight.js';
import { SendPacer } from './send-pacer.js';
import type { TryResult } from './try-result.js';

/**
 * A round costs about the same whatever it carries. After one with so many results, the next waits for more, this long at
 * the most, unless most of what is on the way is there already.
 */
const GATHERING = { from: 16, forMs: 5, share: 0.75 };

/** Waits after a round that failed, growing to the second value. */
const ROUND_RETRY_MS = { first: 100, last: 5_000 };

/**
 * Sends what is due. A round is one unit of work that writes the results of finished tries and claims what may go next; while
 * it runs, further tries finish and wait for the next round, so that rounds grow with the load and stay short without it.
 *
 * ```
 *   signal, timer, sweep ──▶ due endpoints ─┐
 *                                           ├──▶ round: settle + claim ──▶ tries, each on its own
 *            finished tries ────────────────┘                                  │
 *                  ▲───────────────────────────────────────────────────────────┘
 * ```
 *
 * A delivery's next in line goes only after the round that wrote the result before it has committed.
 */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #due: DueEndpoints;
  readonly #pacer: SendPacer;
  readonly #inFlight = new InFlight();
  /** Endpoints that have more to send than their share of the room: looked at again when a try has ended. */
  readonly #outOfTurn = new Set<number>();
  readonly #tries = new Set<Promise<void>>();
  #finished: TryResult[] = [];
  #lastRound = 0;
  #stopping = false;
  #running = false;
  #loop: Promise<void> | undefined;
  #cancelSweep: () => void = () => undefined;
  #stopListening: () => void = () => undefined;

  constructor(
    private readonly rounds: DeliveryRound,
    private readonly sender: DeliverySender,
    private readonly spread: WorkSpread,
    private readonly settings: Settings,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.#due = new DueEndpoints(clock, () => this.#kick());
    this.#pacer = new SendPacer(clock);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.roles.has('worker')) return;
    await this.rounds.recover();
    this.#stopListening = this.spread.onWake({
      wake: (endpointIds) => this.#due.add(endpointIds),
      room: () => Math.max(this.#room() - this.#due.size, 0),
    });
    this.#scheduleSweep(0);
  }

  /** Claims nothing more, lets tries under way end, writes their results. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#stopListening();
    // What it has not looked at yet is for others.
    this.spread.announce(this.#due.take(this.#due.size));
    this.#due.close();
    this.#cancelSweep();
    // A round under way may still begin tries, and the results of tries begin rounds.
    while (this.#running || this.#tries.size > 0) {
      await Promise.all(this.#tries);
      await this.#loop;
    }
    if (this.#finished.length > 0) await this.#round();
    await this.sender.close();
  }

  #kick(): void {
    if (this.#running) return;
    this.#running = true;
    this.#loop = this.#run();
  }

  /** Runs rounds while there is something to write or to claim. */
  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      await this.#gather();
      if (!this.#hasWork()) break;
      try {
        await this.#round();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.error({ err: error, failures }, 'delivery round failed, it will be repeated');
        if (this.#stopping) break;
        await this.clock.sleep(Math.min(ROUND_RETRY_MS.first * 2 ** (failures - 1), ROUND_RETRY_MS.last));
      }
    }
    // At once, and not when the promise of this run settles: work that came in between would start nobody.
    this.#running = false;
  }

  /** Lets answers that have arrived meanwhile into the next round, and under load those about to arrive. */
  async #gather(): Promise<void> {
    await this.clock.breathe();
    if (this.#lastRound < GATHERING.from) return;
    const end = this.clock.monotonic() + GATHERING.forMs;
    while (
      this.#finished.length < GATHERING.share * (this.#finished.length + this.#inFlight.total) &&
      this.clock.monotonic() < end
    ) {
      await this.clock.sleep(1);
    }
  }

  #hasWork(): boolean {
    return this.#finished.length > 0 || (!this.#stopping && this.#due.size > 0 && this.#room() > 0);
  }

  #room(): number {
    return this.settings.deliveryConcurrency - this.#inFlight.total;
  }

  async #round(): Promise<void> {
    const results = this.#finished;
    this.#finished = [];
    this.#lastRound = results.length;
    const wanted = this.#stopping ? [] : this.#due.take(this.#room());
    const sendBefore = this.clock.monotonic() + LEASE_MARGIN_MS;
    try {
      const { claimed, settled } = await this.rounds.run(results, {
        inFlight: new Map(wanted.map((id) => [id, this.#inFlight.ofEndpoint(id)])),
        organizationsInFlight: this.#inFlight.organizations,
        room: { free: this.#room(), capacity: this.settings.deliveryConcurrency },
        busyForMs: (id) => this.#pacer.busyForMs(id),
      });
      for (const [id, at] of settled.laterAt) this.#due.addAt(id, at);
      for (const [id, at] of claimed.laterAt) this.#due.addAt(id, at);
      for (const id of claimed.outOfTurn) this.#outOfTurn.add(id);
      for (const claim of claimed.claims) this.#begin(claim, sendBefore);
    } catch (error) {
      this.#finished = [...results, ...this.#finished];
      this.#due.add(wanted);
      throw error;
    }
  }

  #begin(claim: Claim, sendBefore: number): void {
    this.#inFlight.enter(claim);
    const attempt = this.#send(claim, sendBefore).then((result) => {
      this.#tries.delete(attempt);
      this.#inFlight.leave(claim);
      if (result) this.#finished.push(result);
      const roomFor = [claim.endpoint.id, ...this.#outOfTurn];
      this.#outOfTurn.clear();
      this.#due.add(roomFor);
      this.#kick();
    });
    this.#tries.add(attempt);
  }

  /** Nothing where this process was held up so long that the lease may end before the try does. */
  async #send(claim: Claim, sendBefore: number): Promise<TryResult | undefined> {
    const { id, maxPerSecond } = claim.endpoint;
    if (claim.slotAt !== undefined && maxPerSecond !== undefined)
      await this.#pacer.turn(id, claim.slotAt - this.clock.now(), 1000 / maxPerSecond);
    if (this.clock.monotonic() < sendBefore) return this.sender.send(claim);
    this.log.warn({ deliveryId: claim.deliveryId }, 'held up for too long after a claim, not sent');
    return undefined;
  }

  /** Asks the database for what is due: retries of other processes, leases that ran out, signals that got lost or never came. */
  #scheduleSweep(afterMs: number): void {
    this.#cancelSweep = this.clock.setTimer(afterMs, () => {
      void this.#sweep().then((sweep) => {
        if (!this.#stopping) this.#scheduleSweep(this.spread.nextSweepMs(sweep));
      });
    });
  }

  async #sweep(): Promise<Sweep | undefined> {
    const start = this.clock.monotonic();
    try {
      const ids = await this.rounds.dueEndpoints();
      this.#due.add(ids);
      return { found: ids.length, tookMs: this.clock.monotonic() - start };
    } catch (error) {
      this.log.error({ err: error }, 'looking for due deliveries failed');
      return undefined;
    }
  }
}
