import type { Exchange, OutgoingRequest } from './exchange.js';

/** Sends requests and tells what came of each, as data. */
export abstract class RequestSender {
  /**
   * Sends it, for at most its `timeoutMs`.
   * @param done called once, never before this has returned; what it throws is nobody's to catch
   */
  abstract begin(request: OutgoingRequest, done: (exchange: Exchange) => void): void;

  /** Takes no new requests, lets those under way end, then closes all connections. */
  abstract close(): Promise<void>;
}
