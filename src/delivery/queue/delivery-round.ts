import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import type { TryResult } from '../worker/try-result.js';
import type { Claim, Claimed, ClaimLimits } from './claim.js';
import { DeliveryClaims } from './delivery-claims.js';
import { EndpointFlights } from './endpoint-flights.js';
import { RoundReports } from './round-reports.js';
import { Settlement, type Settled } from './settlement.js';

/** The worker's door to the database. Each method but the reading one is one unit of work; where several connections may write, they overlap. */
@Injectable()
export class DeliveryRound {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settlement: Settlement,
    private readonly claims: DeliveryClaims,
    private readonly flights: EndpointFlights,
    private readonly clock: Clock,
    private readonly reports: RoundReports,
  ) {}

  /** Writes results, and gives back what was claimed and not sent; then counts and logs what has been written. */
  async settle(results: readonly TryResult[], unsent: readonly Claim[]): Promise<Settled> {
    const start = this.clock.monotonic();
    const settled = await this.unitOfWork.run(async () => {
      await this.settlement.giveBack(unsent);
      return this.settlement.settle(results);
    });
    this.reports.settled(settled, this.clock.monotonic() - start);
    return settled;
  }

  /** Claims what may go next. */
  async claim(limits: ClaimLimits): Promise<Claimed> {
    const start = this.clock.monotonic();
    const claimed = await this.unitOfWork.run(() => this.claims.claim(limits));
    this.reports.claimed(this.clock.monotonic() - start);
    return claimed;
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
    await this.unitOfWork.run(() =>
      this.unitOfWork.manager.query(
        "UPDATE lane SET lease_token = '', lease_until = 0 WHERE lease_token <> ''",
      ),
    );
  }

  /** Tells other processes that this one has nothing on the way any more. */
  async leave(): Promise<void> {
    await this.unitOfWork.run(() => this.flights.leave());
  }
}
