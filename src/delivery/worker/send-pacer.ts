import type { Clock } from '../../platform/clock/clock.js';

/** Timers are late by about this much; sends that are no later than it don't move those after them. */
const TIMER_GRAIN_MS = 2;

interface Turn {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly takesMs: number;
  readonly go: () => void;
}

interface Line {
  readonly turns: Turn[];
  /** What the turns take altogether. */
  queuedMs: number;
  /** Monotonic: no send before. */
  freeAt: number;
  cancel: (() => void) | undefined;
}

/**
 * Lets the sends of an endpoint with a rate limit go one at a time, never two closer than the limit says, so that any second has at
 * most the limit and one more send. Their instants were reserved in the database, for all processes together; what is paced here is only
 * this process' being late.
 */
export class SendPacer {
  readonly #lines = new Map<number, Line>();

  constructor(private readonly clock: Clock) {}

  /**
   * Resolves when this send may go: not before `inMs` from now, nor before the time of the one before it is over.
   * @param takesMs how long nothing else may go after it
   */
  turn(endpointId: number, inMs: number, takesMs: number): Promise<void> {
    const line = this.#lineOf(endpointId);
    return new Promise((go) => {
      line.turns.push({ at: this.clock.monotonic() + Math.max(inMs, 0), takesMs, go });
      line.queuedMs += takesMs;
      this.#advance(line);
    });
  }

  /** How long, in milliseconds, what is in line here will take yet. */
  busyForMs(endpointId: number): number {
    const line = this.#lines.get(endpointId);
    if (!line) return 0;
    return Math.max(line.freeAt + line.queuedMs - this.clock.monotonic(), 0);
  }

  #lineOf(endpointId: number): Line {
    const known = this.#lines.get(endpointId);
    if (known) return known;
    const line: Line = { turns: [], queuedMs: 0, freeAt: 0, cancel: undefined };
    this.#lines.set(endpointId, line);
    return line;
  }

  #advance(line: Line): void {
    if (line.cancel) return;
    const [next] = line.turns;
    if (!next) return;
    const due = Math.max(next.at, line.freeAt);
    const now = this.clock.monotonic();
    if (now < due) {
      line.cancel = this.clock.setTimer(due - now, () => {
        line.cancel = undefined;
        this.#advance(line);
      });
      return;
    }
    line.turns.shift();
    // Sums of fractions don't come back to nought by themselves.
    line.queuedMs = line.turns.length === 0 ? 0 : line.queuedMs - next.takesMs;
    line.freeAt = (now - due < TIMER_GRAIN_MS ? due : now) + next.takesMs;
    next.go();
    this.#advance(line);
  }
}
