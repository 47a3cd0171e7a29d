import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { WaitingError, type Job } from 'bullmq';
import { Clock } from '../../../platform/clock/clock.js';
import { Log } from '../../../platform/log/logger.js';
import type { Wakes } from '../wakes.js';
import { WAKE_QUEUE, WAKE_WORKER, type WakeJob } from './wake-queue.js';

/** How often a worker that has its hands full looks whether it has room again, milliseconds. */
const ROOM_CHECK_MS = 20;

/**
 * Takes jobs and wakes this process' worker. A job is done when the worker knows of the endpoint: the database has what is to be
 * done, and keeps it whatever becomes of the job. While the worker has its hands full, jobs are left to others.
 */
@Processor(WAKE_QUEUE, WAKE_WORKER)
export class WakeProcessor extends WorkerHost implements BeforeApplicationShutdown {
  #wakes: Wakes | undefined;
  #cancelRest: (() => void) | undefined;
  #stopped: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super();
  }

  /** Takes jobs from now on; the framework has just made a worker for it. */
  start(wakes: Wakes): void {
    this.#wakes = wakes;
  }

  /** Takes no more jobs: none goes to a process that is about to end. One that is being taken goes back, for others. */
  stop(): Promise<void> {
    if (this.#wakes) this.#stopped = this.#close();
    return this.#stopped;
  }

  /** Before the framework closes the worker in its own way, which would wait for Redis. */
  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  async process(job: Job<WakeJob>, token?: string): Promise<void> {
    const room = this.#wakes?.room ?? 0;
    if (room <= 1) this.#rest();
    if (room <= 0) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    this.#wakes?.wake([job.data.endpointId], 'redis');
  }

  /** Of no consequence: sweeps find what a lost job would have told. Whether Redis is there at all is told elsewhere. */
  @OnWorkerEvent('error')
  onError(error: unknown): void {
    this.log.debug({ err: error }, 'a wake through Redis failed');
  }

  /** Never rejects, and doesn't wait for Redis. */
  async #close(): Promise<void> {
    const { worker } = this;
    this.#wakes = undefined;
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    void worker.pause(true);
    // What has been taken is on its way back to Redis after this.
    await this.clock.breathe();
    // By force: otherwise it waits for an end of its connection, which never comes while Redis is away.
    await worker.close(true).catch((error: unknown) => this.onError(error));
  }

  #rest(): void {
    if (this.#cancelRest || !this.#wakes) return;
    void this.worker.pause(true);
    this.#checkRoom();
  }

  #checkRoom(): void {
    this.#cancelRest = this.clock.setTimer(ROOM_CHECK_MS, () => {
      if (!this.#wakes) return;
      if (this.#wakes.room <= 0) {
        this.#checkRoom();
        return;
      }
      this.#cancelRest = undefined;
      void this.worker.resume();
    });
  }
}
