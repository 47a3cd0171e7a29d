import { Injectable } from '@nestjs/common';
import { Settings } from '../../platform/config/index.js';

/** Up to this share of a wait is added at random, so that what failed together does not come back together. */
const JITTER = 0.2;

/** How long to wait after failed tries: the setting RETRY_SECONDS, the last wait repeating. */
@Injectable()
export class RetryPolicy {
  constructor(private readonly settings: Settings) {}

  /** The wait after the `failures`-th failed try in a row (from 1), in milliseconds. Jitter is added, never taken off. */
  waitMs(failures: number): number {
    const waits = this.settings.retryWaitsMs;
    const wait = waits[Math.min(failures, waits.length) - 1] ?? 0;
    return Math.round(wait * (1 + Math.random() * JITTER));
  }
}
