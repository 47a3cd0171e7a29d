import { isIP, type Socket } from 'node:net';

/** How far a connection that is being made has come. */
export type ConnectionPhase = 'look-up' | 'connect' | 'tls';

/**
 * What the connections being made are doing, by origin. Undici doesn't say which connection a waiting request will get, so
 * the newest one of its origin stands for it: those of one origin wait for the same thing.
 */
export class ConnectionPhases {
  readonly #underWay = new Map<string, { readonly socket: Socket; phase: ConnectionPhase }>();

  /** Undefined when no connection to there is being made. */
  of(origin: string): ConnectionPhase | undefined {
    return this.#underWay.get(origin)?.phase;
  }

  /** Follows a socket until it is connected or closed. */
  follow(origin: string, hostname: string, socket: Socket): void {
    const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
    const attempt: { socket: Socket; phase: ConnectionPhase } = {
      socket,
      phase: isAddress ? 'connect' : 'look-up',
    };
    this.#underWay.set(origin, attempt);
    const forget = (): void => {
      if (this.#underWay.get(origin) === attempt) this.#underWay.delete(origin);
    };
    socket.once('lookup', () => (attempt.phase = 'connect'));
    if (origin.startsWith('https:')) {
      socket.once('connect', () => (attempt.phase = 'tls'));
      socket.once('secureConnect', forget);
    } else {
      socket.once('connect', forget);
    }
    socket.once('close', forget);
  }
}
