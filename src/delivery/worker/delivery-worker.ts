import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { DeliverySignal } from '../delivery-signal.js';
import { DeliveryRound } from '../queue/delivery-round.js';
import type { Claim } from '../queue/claim.js';
import { DeliverySender } from './delivery-sender.js';
import { DueEndpoints } from './due-endpoints.js';
import type { TryResult } from './try-result.js';

/** How often the database is asked for what is due: retries of other processes, leases that ran out, lost signals. */
const SWEEP_MS = 500;

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
  readonly #inFlight = new Map<number, number>();
  readonly #tries = new Set<Promise<void>>();
  #finished: TryResult[] = [];
  #total = 0;
  #lastRound = 0;
  #stopping = false;
  #running = false;
  #loop: Promise<void> | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly rounds: DeliveryRound,
    private readonly sender: DeliverySender,
    private readonly signal: DeliverySignal,
    private readonly settings: Settings,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.#due = new DueEndpoints(clock, () => this.#kick());
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.roles.has('worker')) return;
    await this.rounds.recover();
    this.signal.onWake((endpointIds) => this.#due.add(endpointIds));
    this.#scheduleSweep(0);
  }

  /** Claims nothing more, lets tries under way end, writes their results. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.signal.onWake(undefined);
    this.#due.close();
    clearTimeout(this.#sweep);
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
        await delay(Math.min(ROUND_RETRY_MS.first * 2 ** (failures - 1), ROUND_RETRY_MS.last));
      }
    }
    // At once, and not when the promise of this run settles: work that came in between would start nobody.
    this.#running = false;
  }

  /** Lets answers that have arrived meanwhile into the next round, and under load those about to arrive. */
  async #gather(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#lastRound < GATHERING.from) return;
    const end = performance.now() + GATHERING.forMs;
    while (
      this.#finished.length < GATHERING.share * (this.#finished.length + this.#total) &&
      performance.now() < end
    ) {
      await delay(1);
    }
  }

  #hasWork(): boolean {
    return this.#finished.length > 0 || (!this.#stopping && this.#due.size > 0 && this.#room() > 0);
  }

  #room(): number {
    return this.settings.deliveryConcurrency - this.#total;
  }

  async #round(): Promise<void> {
    const results = this.#finished;
    this.#finished = [];
    this.#lastRound = results.length;
    const wanted = this.#stopping ? [] : this.#due.take(this.#room());
    try {
      const inFlight = new Map(wanted.map((id) => [id, this.#inFlight.get(id) ?? 0]));
      const { claims, settled } = await this.rounds.run(results, { inFlight, total: this.#room() });
      for (const [id, at] of settled.laterAt) this.#due.addAt(id, at);
      if (claims.length === this.#room()) this.#due.add(wanted);
      for (const claim of claims) this.#begin(claim);
    } catch (error) {
      this.#finished = [...results, ...this.#finished];
      this.#due.add(wanted);
      throw error;
    }
  }

  #begin(claim: Claim): void {
    const { id } = claim.endpoint;
    this.#inFlight.set(id, (this.#inFlight.get(id) ?? 0) + 1);
    this.#total += 1;
    const attempt = this.sender.send(claim).then((result) => {
      this.#tries.delete(attempt);
      this.#total -= 1;
      this.#leave(id);
      this.#finished.push(result);
      this.#due.add([id]);
      this.#kick();
    });
    this.#tries.add(attempt);
  }

  #leave(endpointId: number): void {
    const count = (this.#inFlight.get(endpointId) ?? 1) - 1;
    if (count > 0) this.#inFlight.set(endpointId, count);
    else this.#inFlight.delete(endpointId);
  }

  #scheduleSweep(afterMs: number): void {
    this.#sweep = setTimeout(() => {
      this.rounds
        .dueEndpoints()
        .then((ids) => this.#due.add(ids))
        .catch((error: unknown) => this.log.error({ err: error }, 'looking for due deliveries failed'))
        .finally(() => {
          if (!this.#stopping) this.#scheduleSweep(SWEEP_MS);
        });
    }, afterMs);
  }
}
