import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { WorkSpread } from '../spread/work-spread.js';
import { DeliveryRound } from '../queue/delivery-round.js';
import { LEASE_MARGIN_MS, type Claim } from '../queue/claim.js';
import { Batches } from './batches.js';
import { DeliverySender } from './delivery-sender.js';
import { DueEndpoints } from './due-endpoints.js';
import { LooksAgain } from './looks-again.js';
import { Results } from './results.js';
import { speaksAgainstEndpoint } from './outcome.js';
import { READY_FOR_MS, SendQueue } from './send-queue.js';
import { SendPacer } from './send-pacer.js';
import { Sweeps } from './sweeps.js';
import type { TryResult } from './try-result.js';
import { WorkLoop } from './work-loop.js';

/** A try that is over; without a result it was not made. */
interface EndedTry {
  readonly claim: Claim;
  readonly result: TryResult | undefined;
}

/**
 * A unit of work costs about the same whatever it carries. After one with so many results, the next waits for more, this long at
 * the most, unless most of what is on the way is there already.
 */
const GATHERING = { from: 16, forMs: 15, share: 0.75 };

/** Likewise a claim waits, this long at the most, until so much of the process' room is free. */
const ROOM = { share: 0.25, forMs: 5 };

/** So many endpoints are looked at with one claim at least: those with claims ahead need no room. */
const LOOKS = 32;

/**
 * Sends what is due. Two loops go on beside each other, each one unit of work after the other: one claims, one writes results. While
 * a unit runs, more work comes together for the next, so that they grow with the load and stay short without it.
 *
 * ```
 *   signal, timer, sweep ──▶ due endpoints ──▶ claim ──▶ ready ──▶ tries, each on its own ──▶ results ──▶ settle
 *                                  ▲                                       │                                │
 *                                  └── there is room ──────────────────────┘                                │
 *                                  └── the next in line may go, retries, pauses ────────────────────────────┘
 * ```
 *
 * A delivery's next in line goes only after the result before it has been committed. An endpoint that failed is left alone until that
 * has been committed, too: it may have to wait.
 */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #due: DueEndpoints;
  readonly #pacer: SendPacer;
  readonly #queue: SendQueue;
  readonly #results = new Results();
  readonly #claiming: WorkLoop;
  readonly #settling: WorkLoop;
  readonly #sweeps: Sweeps;
  readonly #looks: LooksAgain;
  /** Endpoints that have more to send than their share of the room: looked at again when a try has ended. */
  readonly #outOfTurn = new Set<number>();
  readonly #ended: Batches<EndedTry>;
  #stopping = false;
  #cancelStale: (() => void) | undefined;
  #stopListening: () => void = () => undefined;

  constructor(
    private readonly rounds: DeliveryRound,
    private readonly sender: DeliverySender,
    private readonly spread: WorkSpread,
    private readonly settings: Settings,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.#pacer = new SendPacer(clock);
    this.#ended = new Batches(clock, (tries) => this.#takeEnded(tries));
    this.#queue = new SendQueue(settings.deliveryConcurrency, (claim) => this.#begin(claim), clock);
    this.#claiming = new WorkLoop(
      {
        name: 'claiming deliveries',
        hasWork: () => this.#hasToClaim(),
        gather: () => this.#gatherRoom(),
        step: () => this.#claim(),
        givesUp: () => this.#stopping,
      },
      clock,
      log,
    );
    this.#settling = new WorkLoop(
      {
        name: 'writing results',
        hasWork: () => this.#results.size > 0,
        gather: () => this.#gatherResults(),
        step: () => this.#settle(),
        givesUp: () => this.#stopping,
      },
      clock,
      log,
    );
    this.#due = new DueEndpoints(clock, () => this.#claiming.kick());
    const look = (endpointIds: readonly number[]): void => this.#due.add(endpointIds);
    this.#looks = new LooksAgain(clock, look);
    this.#sweeps = new Sweeps(() => this.rounds.dueEndpoints(), look, { spread, clock, log });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.roles.has('worker')) return;
    await this.rounds.recover();
    this.#stopListening = this.spread.onWake({
      wake: (endpointIds) => this.#due.add(endpointIds),
      room: () => Math.max(this.#queue.room.free - this.#due.size, 0),
    });
    this.#sweeps.start();
  }

  /** Claims nothing more, lets tries under way end, writes their results. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#stopListening();
    // What it has not looked at yet is for others.
    this.spread.announce(this.#due.take(this.#due.size));
    this.#due.close();
    this.#looks.close();
    this.#sweeps.stop();
    // A claim under way may still bring some; and the results of tries start the other loop.
    while (this.#claiming.isRunning || this.#settling.isRunning || this.#queue.sendingCount > 0) {
      this.#giveBack(this.#queue.withdraw());
      await this.#queue.idle;
      await this.#claiming.ended;
      await this.#settling.ended;
    }
    this.#cancelStale?.();
    if (this.settings.roles.has('worker')) await this.#leave();
    await this.sender.close();
  }

  #hasToClaim(): boolean {
    if (this.#stopping) return false;
    const hasRoom = this.#queue.room.free > 0;
    return this.#due.some((id) => !this.#results.isUnderJudgement(id) && this.#queue.runsLow(id, hasRoom));
  }

  async #claim(): Promise<void> {
    const { room } = this.#queue;
    // What is under judgement comes back when the result is written.
    const wanted = this.#due
      .take(Math.max(room.free, LOOKS))
      .filter((id) => !this.#results.isUnderJudgement(id));
    this.#queue.turn();
    this.#looks.begin(wanted);
    try {
      const { claims, allowed, outOfTurn, exhausted, laterAt } = await this.rounds.claim({
        endpoints: new Map(wanted.map((id) => [id, this.#queue.heldOf(id)])),
        organizationsInFlight: this.#queue.ofOrganizations,
        room,
        sendBefore: this.clock.monotonic() + LEASE_MARGIN_MS,
        busyForMs: (id) => this.#pacer.busyForMs(id),
        restrict: (id, limit) => this.#queue.restrict(id, limit),
      });
      for (const [id, at] of laterAt) this.#due.addAt(id, at);
      for (const id of outOfTurn) this.#outOfTurn.add(id);
      this.#looks.claimed(wanted, exhausted);
      this.#accept(claims, allowed);
    } catch (error) {
      this.#due.add(wanted);
      throw error;
    }
  }

  /** Begins what may go, and watches that nothing waits for too long. */
  #accept(claims: readonly Claim[], allowed: ReadonlyMap<number, number>): void {
    if (this.#stopping) return this.#giveBack(claims);
    this.#queue.accept(claims, allowed);
    for (const id of allowed.keys())
      if (this.#results.isUnderJudgement(id)) this.#giveBack(this.#queue.withdraw(id));
    this.#watchStale();
  }

  #begin(claim: Claim): void {
    const { id, maxPerSecond } = claim.endpoint;
    if (claim.slotAt === undefined || maxPerSecond === undefined) return this.#send(claim);
    const takesMs = (1000 * (claim.message.cost ?? 1)) / maxPerSecond;
    const turn = this.#pacer.turn(id, claim.slotAt - this.clock.now(), takesMs);
    void turn.then(() => this.#send(claim));
  }

  /** Nothing is sent where this process was held up so long that the lease may end before the try does. */
  #send(claim: Claim): void {
    if (this.clock.monotonic() < claim.sendBefore)
      return this.sender.begin(claim, (result) => this.#ended.push({ claim, result }));
    this.log.warn({ deliveryId: claim.deliveryId }, 'held up for too long after a claim, not sent');
    return this.#ended.push({ claim, result: undefined });
  }

  #takeEnded(tries: readonly EndedTry[]): void {
    for (const { claim, result } of tries) {
      if (result) this.#results.add(result);
      else this.#results.addUnsent([claim]);
      const works = result !== undefined && !speaksAgainstEndpoint(result.outcome);
      if (!works) this.#giveBack(this.#queue.withdraw(claim.endpoint.id));
      this.#queue.ended(claim, { delivered: works });
    }
    this.#settling.kick();
    this.#looks.ended(tries.map(({ claim }) => claim.endpoint.id));
    this.#due.add([...this.#outOfTurn]);
    this.#outOfTurn.clear();
  }

  #giveBack(unsent: readonly Claim[]): void {
    if (unsent.length === 0) return;
    this.#results.addUnsent(unsent);
    this.#settling.kick();
  }

  /** Lets what comes due meanwhile into the next unit, and where the process is nearly full, what is about to have room. */
  async #gatherRoom(): Promise<void> {
    await this.clock.breathe();
    const end = this.clock.monotonic() + ROOM.forMs;
    while (this.#isNearlyFull() && this.clock.monotonic() < end) await this.clock.sleep(1);
  }

  #isNearlyFull(): boolean {
    const { free, capacity } = this.#queue.room;
    return free < ROOM.share * capacity && this.#queue.sendingCount > 0;
  }

  /** Lets answers that have arrived meanwhile into the next unit, and under load those about to arrive. */
  async #gatherResults(): Promise<void> {
    await this.clock.breathe();
    if (this.#results.lastTaken < GATHERING.from) return;
    const end = this.clock.monotonic() + GATHERING.forMs;
    while (
      this.#results.size < GATHERING.share * (this.#results.size + this.#queue.sendingCount) &&
      this.clock.monotonic() < end
    ) {
      await this.clock.sleep(1);
    }
  }

  async #settle(): Promise<void> {
    const batch = this.#results.take();
    try {
      const { laterAt, due } = await this.rounds.settle(batch.results, batch.unsent);
      this.#results.settled(batch);
      for (const [id, at] of laterAt) this.#due.addAt(id, at);
      const givenBack = batch.unsent.map(({ endpoint }) => endpoint.id);
      this.#looks.settled(batch.endpointIds, new Set([...due, ...givenBack]));
    } catch (error) {
      this.#results.putBack(batch);
      throw error;
    }
  }

  #watchStale(): void {
    if (this.#cancelStale || this.#queue.readyCount === 0) return;
    this.#cancelStale = this.clock.setTimer(READY_FOR_MS / 2, () => {
      this.#cancelStale = undefined;
      this.#giveBack(this.#queue.withdrawStale(this.clock.monotonic() + LEASE_MARGIN_MS - READY_FOR_MS));
      this.#watchStale();
    });
  }

  async #leave(): Promise<void> {
    try {
      await this.rounds.leave();
    } catch (error) {
      this.log.error(
        { err: error },
        'signing off failed; what this process had on its way counts until its leases end',
      );
    }
  }
}
