/** Longest time between two sweeps of a worker, milliseconds: within it, whatever no signal told of is found. */
export const SWEEP_MS = 500;

/** Who sends: the worker of this process. */
export interface WorkTaker {
  /** Endpoints that may have something to send. Never throws. */
  wake(endpointIds: readonly number[]): void;
  /** How many more endpoints it could look at right away; 0: it has its hands full. */
  room(): number;
}

/** A look into the database for what is due. */
export interface Sweep {
  /** Endpoints it found. */
  readonly found: number;
  /** How long it took, milliseconds. */
  readonly tookMs: number;
}

/**
 * Spreads work over workers: says after a commit which endpoints have something to send, and tells this process' worker which to
 * look at. The database alone knows what is due; signals only say where to look, so that nobody has to wait for a sweep. They may
 * be lost, repeated, late or wrong: a worker that looks in vain loses a moment, and a sweep finds what nobody was told of.
 */
export abstract class WorkSpread {
  /** Says that these endpoints have work. Never throws, never waits, and does nothing that the caller would have to undo. */
  abstract announce(endpointIds: readonly number[]): void;

  /** Wakes this taker from now on; the answer ends that. Announcements of before are not repeated. */
  abstract onWake(taker: WorkTaker): () => void;

  /** Counts a sweep, and says how long to wait until the next, milliseconds. Without a sweep: it failed. */
  abstract nextSweepMs(sweep?: Sweep): number;
}
