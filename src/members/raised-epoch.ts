import { Injectable } from '@nestjs/common';
import { RequestContext, type RequestScope } from '../platform/http/index.js';

/**
 * Remembers, as long as a call lasts, that its caller changed its own password and so ended all its sessions. The answer
 * can then carry a session of the new epoch. Reading the epoch anew instead would hand one to every call that happens to be
 * under way, a thief's too.
 */
@Injectable()
export class RaisedEpoch {
  readonly #epochs = new WeakMap<RequestScope, number>();

  constructor(private readonly context: RequestContext) {}

  /** Notes the caller's new epoch. */
  note(sessionEpoch: number): void {
    if (this.context.current) this.#epochs.set(this.context.current, sessionEpoch);
  }

  /** The caller's new epoch; undefined in calls that left its password alone. */
  get ofThisCall(): number | undefined {
    return this.context.current && this.#epochs.get(this.context.current);
  }
}
