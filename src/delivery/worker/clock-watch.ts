import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { ClockShift } from '../queue/clock-shift.js';

/** How often the two clocks are compared. */
const WATCH_MS = 1_000;

/** A clock that is set back by less makes deliveries that much later, which is less than a retry; time services do it daily. */
const TOLERATED_MS = 10_000;

/**
 * Notices that the machine's clock was set back, against the clock that never jumps: what was due is in the future then, and
 * would wait until the clock is there again. A clock that is set forward needs nothing: what is due comes early, and a try
 * under way may be repeated, as after a crash.
 */
@Injectable()
export class ClockWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #offset = 0;
  #cancelTimer: () => void = () => undefined;
  #checking: Promise<void> | undefined;
  #stopping = false;

  constructor(
    private readonly clock: Clock,
    private readonly shift: ClockShift,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.roles.has('worker')) return;
    const latest = await this.shift.latestKnown();
    // Set back while no process was there to see it: the past is in the future.
    const setBackMs = Math.max((latest ?? 0) - this.clock.now(), 0);
    this.#offset = this.#readOffset() + setBackMs;
    await this.#check();
    this.#schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer();
    await this.#checking;
  }

  #schedule(): void {
    this.#cancelTimer = this.clock.setTimer(WATCH_MS, () => {
      this.#checking = this.#check().finally(() => {
        if (!this.#stopping) this.#schedule();
      });
    });
  }

  async #check(): Promise<void> {
    const offset = this.#readOffset();
    const setBackMs = Math.round(this.#offset - offset);
    try {
      if (setBackMs > TOLERATED_MS) {
        await this.shift.setBack(setBackMs, this.clock.now());
        this.log.warn({ setBackMs }, 'the clock was set back; what is due was moved with it');
      }
      // Small steps add up to one that counts; a failed shift is made at the next look.
      if (setBackMs > TOLERATED_MS || setBackMs < 0) this.#offset = offset;
    } catch (error) {
      this.log.error(
        { err: error, setBackMs },
        'the clock was set back, and what is due could not be moved yet',
      );
    }
  }

  /** Constant while the clock runs as it should. */
  #readOffset(): number {
    return this.clock.now() - this.clock.monotonic();
  }
}
