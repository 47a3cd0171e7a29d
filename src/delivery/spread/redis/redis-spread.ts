import { BullRegistrar, InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Clock } from '../../../platform/clock/clock.js';
import { SpreadMetrics } from '../spread-metrics.js';
import { sweepPauseMs } from '../sweep-pace.js';
import { Wakes } from '../wakes.js';
import { WorkSpread, type Sweep, type WorkTaker } from '../work-spread.js';
import { RedisLink } from './redis-link.js';
import { WakeOutbox } from './wake-outbox.js';
import { WakeProcessor } from './wake-processor.js';
import { WAKE_QUEUE, wakeJobOptions, type WakeJob } from './wake-queue.js';

/**
 * Over all processes, through a queue in Redis. What this process' own worker has room for doesn't make the way through Redis; the
 * rest goes to whoever has room. While Redis is away it is as with the database alone, with quick sweeps.
 */
@Injectable()
export class RedisSpread extends WorkSpread {
  readonly #wakes: Wakes;
  readonly #outbox: WakeOutbox;

  constructor(
    private readonly link: RedisLink,
    @InjectQueue(WAKE_QUEUE) private readonly queue: Queue<WakeJob>,
    private readonly processor: WakeProcessor,
    private readonly registrar: BullRegistrar,
    private readonly metrics: SpreadMetrics,
    clock: Clock,
  ) {
    super();
    this.#wakes = new Wakes(metrics, (anyone) => (anyone ? this.#startTaking() : this.#stopTaking()));
    this.#outbox = new WakeOutbox(
      clock,
      (ids) => this.#send(ids),
      (ids) => this.#wakes.wake(ids, 'local'),
    );
    // Both tell of the connection's errors too, which the link knows already.
    queue.on('error', (error) => processor.onError(error));
    link.onDown(() => this.#outbox.giveUp());
    metrics.watchRedis(() => link.isUp);
  }

  announce(endpointIds: readonly number[]): void {
    const ids = [...new Set(endpointIds)];
    const own = this.link.isUp ? Math.max(this.#wakes.room, 0) : ids.length;
    this.#wakes.wake(ids.slice(0, own), 'local');
    this.#outbox.add(ids.slice(own));
  }

  onWake(taker: WorkTaker): () => void {
    return this.#wakes.add(taker);
  }

  nextSweepMs(sweep?: Sweep): number {
    if (sweep) this.metrics.count('sweep', sweep.found);
    return sweepPauseMs(sweep, this.link.isUp);
  }

  async #send(endpointIds: readonly number[]): Promise<void> {
    const jobs = endpointIds.map((endpointId) => ({
      name: 'wake',
      data: { endpointId },
      opts: wakeJobOptions(endpointId),
    }));
    try {
      await this.queue.addBulk(jobs);
      this.link.worked();
    } catch (error) {
      this.link.failed(error);
      throw error;
    }
  }

  #startTaking(): void {
    this.processor.start(this.#wakes);
    // Here and not at the start of the application: a process that sends nothing takes no jobs.
    this.registrar.register();
  }

  #stopTaking(): void {
    void this.processor.stop();
  }
}
