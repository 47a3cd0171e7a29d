import type { Clock } from '../../platform/clock/clock.js';

/** What nothing waits for is looked at again this long after its last try, for the sake of other processes, milliseconds. */
const SIGN_OFF_MS = 25;

/**
 * Says when endpoints whose tries have ended are to be looked at again: at once, unless the last claim left nothing that is due. Whatever
 * becomes due later is told of by who makes it so: a change, a timer, a result that lets the next in line go.
 *
 * Even then there is a look a little later, by which the process says that it has nothing on the way any more. Under a steady load
 * the next claim comes before it, and says so too.
 */
export class LooksAgain {
  /** Of these the last claim took all there was. */
  readonly #exhausted = new Set<number>();
  readonly #soon = new Set<number>();
  #cancel: (() => void) | undefined;

  /** @param look called with the endpoints to be looked at now */
  constructor(
    private readonly clock: Pick<Clock, 'setTimer'>,
    private readonly look: (endpointIds: readonly number[]) => void,
  ) {}

  /** A claim for these begins: it tells what is on the way at this moment. */
  begin(endpointIds: readonly number[]): void {
    for (const id of endpointIds) this.#soon.delete(id);
  }

  /** A claim for these has committed, and took all that was due of some. */
  claimed(endpointIds: readonly number[], exhausted: readonly number[]): void {
    for (const id of endpointIds) this.#exhausted.delete(id);
    for (const id of exhausted) this.#exhausted.add(id);
  }

  /** Tries of these have ended, which makes room. */
  ended(endpointIds: readonly number[]): void {
    this.look(endpointIds.filter((id) => !this.#exhausted.has(id)));
  }

  /** Results of these are written. @param due those of which something is due thereby */
  settled(endpointIds: ReadonlySet<number>, due: ReadonlySet<number>): void {
    const now = [...endpointIds].filter((id) => due.has(id) || !this.#exhausted.has(id));
    for (const id of endpointIds) this.#soon.add(id);
    for (const id of now) this.#soon.delete(id);
    if (this.#soon.size > 0) this.#cancel ??= this.clock.setTimer(SIGN_OFF_MS, () => this.#signOff());
    this.look(now);
  }

  close(): void {
    this.#cancel?.();
  }

  #signOff(): void {
    this.#cancel = undefined;
    const ids = [...this.#soon];
    this.#soon.clear();
    this.look(ids);
  }
}
