import { Injectable } from '@nestjs/common';
import { DeliveryMetrics } from '../delivery-metrics.js';
import { TryLog } from '../worker/try-log.js';
import type { Settled } from './settlement.js';

/** Counts and logs what rounds have committed. */
@Injectable()
export class RoundReports {
  constructor(
    private readonly metrics: DeliveryMetrics,
    private readonly tryLog: TryLog,
  ) {}

  settled({ verdicts }: Settled, durationMs: number): void {
    this.metrics.countRound(verdicts, durationMs);
    this.tryLog.write(verdicts);
  }

  claimed(durationMs: number): void {
    this.metrics.countRound([], durationMs);
  }
}
