import { DeliveryPlanner } from '../../src/delivery/delivery-planner.js';
import type { DeliveryMetrics } from '../../src/delivery/delivery-metrics.js';
import { EndpointOwners } from '../../src/delivery/endpoint-owners.js';
import { EndpointRepository } from '../../src/delivery/endpoint.repository.js';
import { Endpoints } from '../../src/delivery/endpoints.js';
import type { HttpSender } from '../../src/delivery/http/http-sender.js';
import { Cancellation } from '../../src/delivery/queue/cancellation.js';
import type { Claim, Claimed, ClaimLimits } from '../../src/delivery/queue/claim.js';
import { ClaimTurns } from '../../src/delivery/queue/claim-turns.js';
import { ClockShift } from '../../src/delivery/queue/clock-shift.js';
import { DeliveryClaims } from '../../src/delivery/queue/delivery-claims.js';
import { DeliveryInserts } from '../../src/delivery/queue/delivery-inserts.js';
import { DeliveryRound } from '../../src/delivery/queue/delivery-round.js';
import { DueLanes } from '../../src/delivery/queue/due-lanes.js';
import { LaneHeads } from '../../src/delivery/queue/lane-heads.js';
import { Lanes } from '../../src/delivery/queue/lanes.js';
import { RateSlots } from '../../src/delivery/queue/rate-slots.js';
import { EndpointFlights } from '../../src/delivery/queue/endpoint-flights.js';
import { Messages } from '../../src/delivery/queue/messages.js';
import { RoundReports } from '../../src/delivery/queue/round-reports.js';
import { Settlement, type Settled } from '../../src/delivery/queue/settlement.js';
import { SettlementWrites } from '../../src/delivery/queue/settlement-writes.js';
import { Superseded } from '../../src/delivery/queue/superseded.js';
import { DatabaseSpread } from '../../src/delivery/spread/database-spread.js';
import { ClockWatch } from '../../src/delivery/worker/clock-watch.js';
import { DeliverySender } from '../../src/delivery/worker/delivery-sender.js';
import { DeliveryWorker } from '../../src/delivery/worker/delivery-worker.js';
import { RetryPolicy } from '../../src/delivery/worker/retry-policy.js';
import { TryLog } from '../../src/delivery/worker/try-log.js';
import type { TryResult } from '../../src/delivery/worker/try-result.js';
import type { Settings } from '../../src/platform/config/index.js';
import type { UnitOfWork } from '../../src/platform/database/index.js';
import type { IdGenerator } from '../../src/platform/ids/id-generator.js';
import { NoTracing } from '../../src/platform/tracing/tracing.js';
import type { Log } from '../../src/platform/log/logger.js';
import type { TestDirectory } from '../support/engine.js';
import type { Network } from './network.js';
import type { Random } from './random.js';
import { ProcessClock, type VirtualClock } from './virtual-clock.js';

/** What all processes of a world share. */
export interface Shared {
  readonly unitOfWork: UnitOfWork;
  readonly directory: TestDirectory;
  readonly network: Network;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly settings: Settings;
  readonly ids: IdGenerator;
  readonly metrics: DeliveryMetrics;
  readonly log: Log;
}

/** Rounds after which the process is held up now and then, as by a long pause for garbage. */
class StallingRound extends DeliveryRound {
  stall: () => Promise<void> = () => Promise.resolve();

  override async claim(limits: ClaimLimits): Promise<Claimed> {
    const claimed = await super.claim(limits);
    await this.stall();
    return claimed;
  }

  override async settle(results: readonly TryResult[], unsent: readonly Claim[]): Promise<Settled> {
    const settled = await super.settle(results, unsent);
    await this.stall();
    return settled;
  }
}

/** One process: the engine as the product wires it, on a network and a clock that die with it. */
export class SimulatedProcess {
  readonly endpoints: Endpoints;
  readonly planner: DeliveryPlanner;
  readonly #clock: ProcessClock;
  readonly #rounds: StallingRound;
  readonly #worker: DeliveryWorker;
  readonly #watch: ClockWatch;

  constructor(shared: Shared) {
    const { unitOfWork, settings, ids, log } = shared;
    const clock = new ProcessClock(shared.clock);
    const spread = new DatabaseSpread({ roles: new Set(['api', 'worker']) }, { count: () => undefined });
    const records = new EndpointRepository(unitOfWork);
    const owners = new EndpointOwners(records);
    owners.register(['WEBHOOK'], shared.directory);
    const superseded = new Superseded(unitOfWork, shared.metrics, clock);
    const messages = new Messages(unitOfWork);
    const heads = new LaneHeads(unitOfWork, superseded, messages, ids);
    const rates = new RateSlots(unitOfWork, clock);
    const flights = new EndpointFlights(unitOfWork, clock, ids);
    const due = new DueLanes(unitOfWork);
    const turns = new ClaimTurns(due, flights, owners);
    const claims = new DeliveryClaims(due, turns, heads, rates, flights, clock);
    const writes = new SettlementWrites(unitOfWork);
    const settlement = new Settlement(writes, records, new RetryPolicy(settings), settings, clock, owners);
    const http = hearing(shared.network, clock);
    const sender = new DeliverySender(http, clock, shared.metrics, new NoTracing(), log);
    this.#clock = clock;
    const reports = new RoundReports(shared.metrics, new TryLog(log));
    this.#rounds = new StallingRound(unitOfWork, settlement, claims, flights, clock, reports);
    this.#worker = new DeliveryWorker(this.#rounds, sender, spread, settings, log, clock);
    const cancellation = new Cancellation(unitOfWork, shared.metrics);
    this.endpoints = new Endpoints(unitOfWork, records, cancellation, spread, clock);
    this.#watch = new ClockWatch(clock, new ClockShift(unitOfWork), settings, log);
    const inserts = new DeliveryInserts(unitOfWork, messages, settings);
    this.planner = new DeliveryPlanner(unitOfWork, inserts, new Lanes(unitOfWork), spread, clock, ids);
  }

  async start(): Promise<void> {
    await this.#watch.onApplicationBootstrap();
    await this.#worker.onApplicationBootstrap();
  }

  /** Holds it up after some of its rounds, for longer than its leases last at times. */
  stallSometimes(random: Random, share: number): void {
    this.#rounds.stall = async () => {
      if (random.chance(share)) await this.#clock.sleep(random.between(1, 12_000));
    };
  }

  /** Like `kill -9`: nothing it waits for ever comes. */
  kill(): void {
    this.#clock.die();
  }
}

/** The network as one process has it: answers come by its clock, so that none comes to the dead. */
function hearing(network: Network, clock: ProcessClock): HttpSender {
  return {
    begin: (request, done) => {
      const { exchange, afterMs } = network.send(request);
      clock.setTimer(afterMs, () => done(exchange));
    },
    close: () => Promise.resolve(),
  } satisfies Partial<HttpSender> as unknown as HttpSender;
}
