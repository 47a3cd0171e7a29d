import { Clock } from '../../src/platform/clock/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** An arbitrary day, epoch milliseconds. */
const START = 1_795_000_000_000;

/**
 * Time that passes only when told to: from timer to timer, at once, in an order that depends on nothing but what was asked for. The wall
 * clock may jump, the monotonic one never does.
 */
export class VirtualClock extends Clock {
  #elapsed = 0;
  #offset = START;
  #order = 0;
  #timers: Timer[] = [];
  #wasSet = false;

  /** Whether the wall clock jumped. */
  get wasSet(): boolean {
    return this.#wasSet;
  }

  override now(): number {
    return Math.floor(this.#offset + this.#elapsed);
  }

  override monotonic(): number {
    return this.#elapsed;
  }

  override setTimer(ms: number, run: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#elapsed + Math.max(ms, 0), order: this.#order, run };
    const place = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  override breathe(): Promise<void> {
    return this.sleep(0);
  }

  /** Moves the wall clock, as an operator or a time server does. */
  jump(ms: number): void {
    this.#offset += ms;
    this.#wasSet = true;
  }

  /** Goes to the next timer and runs it; false when there is none. */
  step(): boolean {
    const timer = this.#timers.shift();
    if (!timer) return false;
    this.#elapsed = Math.max(this.#elapsed, timer.at);
    timer.run();
    return true;
  }
}

/** A process' view of the clock, which ends with the process: its timers never fire again. */
export class ProcessClock extends Clock {
  #alive = true;

  constructor(private readonly clock: VirtualClock) {
    super();
  }

  die(): void {
    this.#alive = false;
  }

  override now(): number {
    return this.clock.now();
  }

  override monotonic(): number {
    return this.clock.monotonic();
  }

  override setTimer(ms: number, run: () => void): () => void {
    return this.clock.setTimer(ms, () => {
      if (this.#alive) run();
    });
  }

  override breathe(): Promise<void> {
    return this.sleep(0);
  }
}
