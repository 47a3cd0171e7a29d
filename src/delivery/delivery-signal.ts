import { Injectable } from '@nestjs/common';

type Listener = (endpointIds: readonly number[]) => void;

/** Says, after a commit, which endpoints have something to send. May be lost: the worker's sweep finds what is due. */
@Injectable()
export class DeliverySignal {
  #listener: Listener | undefined;

  /** The one worker of this process; without one, signals go nowhere. */
  onWake(listener: Listener | undefined): void {
    this.#listener = listener;
  }

  wake(endpointIds: readonly number[]): void {
    this.#listener?.(endpointIds);
  }
}
