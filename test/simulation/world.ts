import { Registry } from 'prom-client';
import { DeliveryMetrics } from '../../src/delivery/delivery-metrics.js';
import type { MessagePlan } from '../../src/delivery/delivery-planner.js';
import { Cancellation } from '../../src/delivery/queue/cancellation.js';
import { IdGenerator } from '../../src/platform/ids/id-generator.js';
import type { DeliveryEnd, Endpoint } from '../../src/delivery/index.js';
import type { Settings } from '../../src/platform/config/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { TestDirectory } from '../support/engine.js';
import type { FaultyUnitOfWork } from './faulty-unit-of-work.js';
import { Network, type Mood } from './network.js';
import { SimulatedProcess, type Shared } from './process.js';
import { Random } from './random.js';
import type { Storage } from './storage.js';
import { VirtualClock } from './virtual-clock.js';

export const SUBJECTS = ['online', 'test'] as const;

/** Counted and never read. */
const METRICS = new DeliveryMetrics({ registry: new Registry() });

/** What an endpoint of a schedule is like. */
export interface EndpointTraits {
  readonly ordering: 'RESOURCE' | 'LATEST' | 'NONE';
  readonly maxInFlight: number;
  readonly maxPerSecond: number | undefined;
  readonly reportsEnds: boolean;
}

/** What is otherwise random. */
export interface WorldOptions {
  readonly deliveryConcurrency?: number;
}

/** Who is disabled stands in the database alone: a unit that failed must leave no trace here. */
class SimulatedDirectory extends TestDirectory {
  override load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    return Promise.resolve(new Map([...this.endpoints].filter(([id]) => ids.includes(id))));
  }

  override async disable(id: number, reason: string): Promise<void> {
    await super.disable(id, reason);
    this.disabled.delete(id);
  }
}

class CountingIds extends IdGenerator {
  #count = 0;

  override uuid(): string {
    this.#count += 1;
    return `00000000-0000-7000-8000-${String(this.#count).padStart(12, '0')}`;
  }
}

/** A few processes, receivers and a database, all of whose doings follow from one seed. */
export class World {
  readonly random: Random;
  readonly clock = new VirtualClock();
  readonly network: Network;
  readonly traits = new Map<number, EndpointTraits>();
  readonly problems: string[] = [];
  /** What was told of ends, by units that have committed. */
  readonly reported: DeliveryEnd[] = [];
  /** What each message costs, by the delivery. */
  readonly costs = new Map<string, number>();
  /** Share of the owner's own work on ends that fails. */
  ownerFaultRate = 0;
  readonly #unitOfWork: FaultyUnitOfWork;
  readonly #shared: Shared;
  readonly #running = new Set<Promise<unknown>>();
  #processes: SimulatedProcess[] = [];
  #sequence = 0;
  #killed = 0;

  constructor(
    seed: number,
    readonly storage: Storage,
    options: WorldOptions = {},
  ) {
    this.random = new Random(seed);
    const log = new Log(createRootLogger('silent'));
    this.#unitOfWork = storage.unitOfWork;
    this.#unitOfWork.random = this.random;
    this.#unitOfWork.faultRate = 0;
    this.network = new Network(this.clock, this.random, (id) => this.#checkSending(id));
    const directory = new SimulatedDirectory(() => this.#someProcess().endpoints);
    directory.onEnded = (ends) => this.#hearOf(ends);
    this.#shared = {
      unitOfWork: this.#unitOfWork,
      directory,
      network: this.network,
      clock: this.clock,
      random: this.random,
      settings: {
        roles: new Set(['worker']),
        deliveryConcurrency: options.deliveryConcurrency ?? this.random.between(2, 40),
        retryWaitsMs: [200, 500, 1000, 3000],
        disableAfterMs: this.random.pick([8_000, 600_000]),
      } as unknown as Settings,
      ids: new CountingIds(),
      metrics: METRICS,
      log,
    };
  }

  get endpointIds(): number[] {
    return [...this.traits.keys()];
  }

  /** Processes at once, with those that were killed and may still have requests open. */
  get processCount(): number {
    return this.#processes.length + this.#killed;
  }

  async addProcess({ stalls }: { stalls: number }): Promise<void> {
    const process = new SimulatedProcess(this.#shared);
    process.stallSometimes(this.random, stalls);
    this.#processes.push(process);
    await process.start();
  }

  /** Kills one process; another takes its place some time later. */
  replaceProcess(): void {
    const victim = this.random.between(0, this.#processes.length - 1);
    this.#processes[victim]?.kill();
    this.#killed += 1;
    const next = new SimulatedProcess(this.#shared);
    this.#processes[victim] = next;
    this.clock.setTimer(this.random.between(0, 4000), () => this.#spawn(next.start()));
  }

  async addEndpoint(traits: EndpointTraits): Promise<number> {
    const id = await this.#unitOfWork.run(() => this.#someProcess().endpoints.register(1, 'WEBHOOK'));
    this.traits.set(id, traits);
    this.#shared.directory.add(id, `http://receiver.test/${id}`, {
      timeoutMs: this.random.between(500, 3000),
      maxInFlight: traits.maxInFlight,
      maxPerSecond: traits.maxPerSecond,
      latestOnly: traits.ordering === 'LATEST',
      reportsEnds: traits.reportsEnds,
      headersFor: ({ deliveryId }) => ({ 'X-Delivery': deliveryId }),
    });
    return id;
  }

  /** A change commits, and with it a delivery to each endpoint; or neither. */
  change(): void {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const orderingKey = `toggle:${this.random.between(1, 3)}`;
    const enabled = this.endpointIds.filter((id) => this.storage.isEnabled(id));
    const targets = enabled.map((endpointId) => ({
      endpointId,
      ordering: this.traits.get(endpointId)?.ordering ?? 'RESOURCE',
      retryForMs: this.random.pick([5_000, 60_000]),
    }));
    this.#plan({
      organizationId: 1,
      eventId: `event-${sequence}`,
      eventName: 'TOGGLE.PUBLISH',
      orderingKey,
      sequence,
      subject: this.random.pick(SUBJECTS as unknown as [string, ...string[]]),
      contentType: 'application/json',
      body: '{}',
      traceparent: undefined,
      cost: this.random.pick([1, 1, 1, 2, 5]),
      targets,
    });
  }

  /** Messages to one endpoint, each by itself, one for each cost. */
  send(endpointId: number, costs: readonly number[]): void {
    const targets = [{ endpointId, ordering: 'NONE', retryForMs: 600_000 }] as const;
    const plans = costs.map((cost): MessagePlan => {
      this.#sequence += 1;
      return {
        organizationId: 1,
        eventId: `event-${this.#sequence}`,
        eventName: 'OUTREACH.REACH',
        orderingKey: `${this.#sequence}`,
        sequence: this.#sequence,
        subject: '',
        contentType: 'application/json',
        body: '{}',
        traceparent: undefined,
        cost,
        targets,
      };
    });
    this.#plan(...plans);
  }

  disable(endpointId: number): void {
    const { directory } = this.#shared;
    this.#spawn(this.#unitOfWork.run(() => directory.disable(endpointId, 'the owner disabled it')));
  }

  enable(endpointId: number): void {
    const { endpoints } = this.#someProcess();
    this.#spawn(this.#unitOfWork.run(() => endpoints.enable(endpointId)));
  }

  /** What retention does in the product: a change that was planned while its endpoint was being disabled leaves deliveries behind. */
  cancelOrphans(): void {
    const cancellation = new Cancellation(this.#unitOfWork, this.#shared.metrics);
    this.#spawn(
      (async () => {
        for (const id of await cancellation.orphanedEndpoints())
          await this.#unitOfWork.run(() =>
            cancellation.cancelPending(id, 'every try failed', this.clock.now()),
          );
      })(),
    );
  }

  setMood(endpointId: number, mood: Mood): void {
    this.network.setMood(endpointId, mood);
  }

  set faultRate(share: number) {
    this.#unitOfWork.faultRate = share;
  }

  stopStalling(): void {
    for (const process of this.#processes) process.stallSometimes(this.random, 0);
  }

  killAll(): void {
    for (const process of this.#processes) process.kill();
  }

  /** Lets time pass, timer by timer, until `until` or so many virtual milliseconds later. */
  async pass(forMs: number, until: () => boolean = () => false): Promise<void> {
    const end = this.clock.monotonic() + forMs;
    do {
      // What a timer started has come to rest when nothing but timers is left: all else here is microtasks.
      await new Promise((resolve) => setImmediate(resolve));
    } while (!until() && this.clock.monotonic() < end && this.clock.step());
  }

  #plan(...plans: MessagePlan[]): void {
    const { planner } = this.#someProcess();
    const costs = new Map(plans.map(({ eventId, cost }) => [eventId, cost ?? 1]));
    const work = async (): Promise<void> => {
      for (const { deliveryId, eventId } of await planner.plan(plans))
        this.costs.set(deliveryId, costs.get(eventId) ?? 1);
    };
    this.#spawn(this.#unitOfWork.run(work));
  }

  /** An owner whose work commits with the ends of deliveries, or not at all. */
  #hearOf(ends: readonly DeliveryEnd[]): Promise<void> {
    this.#unitOfWork.afterCommit(() => this.reported.push(...ends));
    const fails = this.random.chance(this.ownerFaultRate);
    return fails ? Promise.reject(new Error('simulated: the owner failed')) : Promise.resolve();
  }

  #someProcess(): SimulatedProcess {
    return this.random.pick(this.#processes as [SimulatedProcess, ...SimulatedProcess[]]);
  }

  /** Simulated failures are expected of it. */
  #spawn(work: Promise<unknown>): void {
    const running: Promise<unknown> = work
      .catch((error: unknown) => {
        if (!String(error).includes('simulated')) this.problems.push(`unexpected: ${String(error)}`);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Nothing is sent once its state is final; a cancellation may come too late for what was claimed just before. */
  #checkSending(deliveryId: string): void {
    const delivery = this.storage.delivery(deliveryId);
    if (!delivery) this.problems.push(`${deliveryId} was sent and isn't in the database`);
    else if (delivery.status === 'SUCCEEDED' || delivery.status === 'FAILED')
      this.problems.push(`${deliveryId} was sent after it had ${delivery.status}`);
  }
}
