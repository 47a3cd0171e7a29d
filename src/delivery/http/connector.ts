import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.js';
import type { ConnectionPhases } from './connection-phases.js';

/**
 * After this a connection attempt is dropped, ms. Twice the longest deadline of a webhook, so it never decides an
 * exchange; it only clears away attempts whose exchange is long over, which undici can't be told.
 */
export const CONNECT_TIMEOUT_MS = 60_000;

/**
 * How long one of several addresses of a host may take to connect before the next is tried, ms. Node's 250 cuts off
 * distant receivers, as it drops the attempt; 1 s is when a lost SYN is sent again.
 */
const NEXT_ADDRESS_MS = 1_000;

/** In place of `ECONNRESET` on connections of {@link guardedConnector}. */
export const CONNECTION_RESET = 'CONNECTION_RESET';

/** Undici's connector hands back the socket it is connecting, which its types leave out. */
type SocketConnector = (...parameters: Parameters<buildConnector.connector>) => Socket;

/**
 * Opens connections to addresses that the guard has checked, and to no others.
 *
 * A reset gets a code of its own there: undici takes an `ECONNRESET` in a body that runs to the end of the connection
 * for that end, and a 2xx that broke off would pass for a whole one.
 *
 * @param ca certificates (PEM) to trust in place of Node's own list
 */
export function guardedConnector(
  guard: EgressGuard,
  phases: ConnectionPhases,
  ca?: string | Buffer,
): buildConnector.connector {
  const connect = buildConnector({
    ...(ca === undefined ? {} : { ca }),
    allowH2: false,
    lookup: guard.lookup,
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  }) as SocketConnector;
  return (options, callback) => {
    const connecting = connect(options, (error, socket) => {
      if (error) return callback(error, null);
      // Before undici's own listener, which it adds in the callback.
      socket.on('error', renameReset);
      return callback(null, socket);
    });
    phases.follow(`${options.protocol}//${options.host ?? options.hostname}`, options.hostname, connecting);
  };
}

function renameReset(error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET') error.code = CONNECTION_RESET;
}
