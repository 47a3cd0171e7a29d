import { Injectable } from '@nestjs/common';

/**
 * The only source of the current time. Instants are epoch milliseconds (UTC) everywhere inside Flagpost;
 * they become ISO 8601 text in REST answers and stay numbers in webhook bodies.
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
}
