import type { Clock } from '../../platform/clock/clock.js';

/** Timers are late by about this much; sends that are no later than it don't move those after them. */
const TIMER_GRAIN_MS = 2;

interface Turn {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly go: () => void;
}

interface Line {
  readonly turns: Turn[];
  readonly spacingMs: number;
  /** Monotonic: no send before. */
  freeAt: number;
  cancel: (() => void) | undefined;
}

/**
 * Lets the sends of an endpoint with a rate limit go one at a time, never two closer than the limit says, so that any second has at
 * most the limit and one. Their instants were reserved in the database, for all processes together; what is paced here is only this
 * process' being late.
 */
export class SendPacer {
  readonly #lines = new Map<number, Line>();

  constructor(private readonly clock: Clock) {}

  /** Resolves when this send may go: not before `inMs` from now, and no sooner than `spacingMs` after the one before. */
  turn(endpointId: number, inMs: number, spacingMs: number): Promise<void> {
    const line = this.#lineOf(endpointId, spacingMs);
    return new Promise((go) => {
      line.turns.push({ at: this.clock.monotonic() + Math.max(inMs, 0), go });
      this.#advance(line);
    });
  }

  /** How long, in milliseconds, what is in line here will take yet. */
  busyForMs(endpointId: number): number {
    const line = this.#lines.get(endpointId);
    if (!line) return 0;
    return Math.max(line.freeAt + line.turns.length * line.spacingMs - this.clock.monotonic(), 0);
  }

  #lineOf(endpointId: number, spacingMs: number): Line {
    const known = this.#lines.get(endpointId);
    // A changed limit counts for what comes after the turns already given.
    if (known && (known.turns.length > 0 || known.spacingMs === spacingMs)) return known;
    const line: Line = { turns: [], spacingMs, freeAt: known?.freeAt ?? 0, cancel: undefined };
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
    line.freeAt = (now - due < TIMER_GRAIN_MS ? due : now) + line.spacingMs;
    next.go();
    this.#advance(line);
  }
}
