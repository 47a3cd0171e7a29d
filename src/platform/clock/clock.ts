import { Injectable } from '@nestjs/common';

/** Longest wait Node's timers take; a longer one would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The only source of the current time and of waiting, so that a test can run hours in a moment. Instants are epoch milliseconds
 * (UTC) everywhere inside Flagpost; they become ISO 8601 text in REST answers and stay numbers in webhook bodies.
 */
@Injectable()
export class Clock {
  /** Epoch milliseconds of this moment. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds of a clock that never jumps, for measuring how long something took. */
  monotonic(): number {
    return performance.now();
  }

  /** Calls `run` once after so many milliseconds; the answer is how to call that off. */
  setTimer(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }

  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(ms, resolve));
  }

  /** Resolves when the input and output that are waiting now have been seen to. */
  breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}
