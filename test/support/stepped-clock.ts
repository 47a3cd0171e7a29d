import { Clock } from '../../src/platform/clock/clock.js';

/** Real time, moved ahead by hand. */
export class SteppedClock extends Clock {
  /** In milliseconds. */
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}
