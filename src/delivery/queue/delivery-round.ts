import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DeliveryMetrics } from '../delivery-metrics.js';
import { TryLog } from '../worker/try-log.js';
import type { TryResult } from '../worker/try-result.js';
import type { Claimed, ClaimLimits } from './claim.js';
import { DeliveryClaims } from './delivery-claims.js';
import { Settlement, type Settled } from './settlement.js';

/** What a round did. */
export interface RoundResult {
  readonly settled: Settled;
  readonly claimed: Claimed;
}

/** The worker's door to the database. */
@Injectable()
export class DeliveryRound {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settlement: Settlement,
    private readonly claims: DeliveryClaims,
    private readonly clock: Clock,
    private readonly metrics: DeliveryMetrics,
    private readonly tryLog: TryLog,
  ) {}

  /** Writes results and claims what may go next, in one unit of work; then counts and logs what has been written. */
  async run(results: readonly TryResult[], limits: ClaimLimits): Promise<RoundResult> {
    const start = this.clock.monotonic();
    const round = await this.unitOfWork.run(async () => ({
      settled: await this.settlement.settle(results),
      claimed: await this.claims.claim(limits),
    }));
    const { verdicts } = round.settled;
    this.metrics.countRound(verdicts, this.clock.monotonic() - start);
    this.tryLog.write(verdicts);
    return round;
  }

  dueEndpoints(): Promise<number[]> {
    return this.claims.dueEndpoints();
  }

  /**
   * Ends the leases of a process that was killed, where nobody else can hold any: with one process on the database, whatever
   * is leased at the start is its own past. With several, leases run out by themselves.
   */
  async recover(): Promise<void> {
    if (this.unitOfWork.dialect.servesManyProcesses) return;
    const now = this.clock.now();
    await this.unitOfWork.run(() =>
      this.unitOfWork.manager.query(
        'UPDATE lane SET lease_token = NULL, due_at = ? WHERE lease_token IS NOT NULL',
        [now],
      ),
    );
  }
}
