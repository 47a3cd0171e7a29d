import { Injectable } from '@nestjs/common';

/** Tells this process' runner that there may be work. By itself, so that who wakes it need not depend on all that it does. */
@Injectable()
export class RunWakes {
  #listener: (() => void) | undefined;

  onWake(listener: () => void): void {
    this.#listener = listener;
  }

  /** May be lost: a sweep finds what nobody was told of. */
  wake(): void {
    this.#listener?.();
  }
}
