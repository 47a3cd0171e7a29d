import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Cancellation } from '../queue/cancellation.js';
import { EndpointFlights } from '../queue/endpoint-flights.js';

/** Clears away what rare events leave behind: changes planned while their endpoint was being removed, processes that died. */
@Injectable()
export class Leftovers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cancellation: Cancellation,
    private readonly flights: EndpointFlights,
    private readonly clock: Clock,
  ) {}

  async clear(): Promise<void> {
    for (const id of await this.cancellation.orphanedEndpoints()) {
      await this.unitOfWork.run(() =>
        this.cancellation.cancelPending(id, 'the endpoint is gone', this.clock.now()),
      );
    }
    await this.unitOfWork.run(() => this.flights.removeDead());
  }
}
