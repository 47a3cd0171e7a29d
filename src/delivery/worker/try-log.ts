import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/log/logger.js';
import { bytesOf } from '../message.js';
import type { Verdict } from '../queue/settlement-writes.js';
import { htmlWords } from './status-words.js';

/** Addresses whose host is remembered; then it starts over. */
const MAX_HOSTS = 1_000;

/** Where the trace id is in a W3C trace context. */
const TRACE_ID = [3, 35] as const;

/**
 * One line a try, once its result has been committed: everything that is known of it, so that no second line has to be found. No
 * path and no query of the address, no header and no body is in it: secrets may sit there.
 */
@Injectable()
export class TryLog {
  readonly #hosts = new Map<string, string>();

  constructor(private readonly log: Log) {}

  write(verdicts: readonly Verdict[]): void {
    if (!this.log.writes('info')) return;
    const lines = verdicts.map((verdict) =>
      fieldsOf(verdict, this.#hostOf(verdict.result.claim.endpoint.url)),
    );
    this.log.infoEach(lines, 'delivery tried');
  }

  #hostOf(url: string): string {
    const known = this.#hosts.get(url);
    if (known !== undefined) return known;
    if (this.#hosts.size >= MAX_HOSTS) this.#hosts.clear();
    const host = URL.canParse(url) ? new URL(url).host : '';
    this.#hosts.set(url, host);
    return host;
  }
}

function fieldsOf({ result, status, error, retryAt }: Verdict, host: string): Record<string, unknown> {
  const { claim, message, outcome, figures } = result;
  const { endpoint } = claim;
  return {
    deliveryId: claim.deliveryId,
    eventId: message.eventId,
    event: message.eventName,
    organizationId: message.organizationId,
    endpointId: endpoint.id,
    host,
    attempt: claim.tryNumber,
    probe: claim.isProbe || undefined,
    outcome: outcome.kind,
    status,
    statusCode: result.statusCode,
    reason: error,
    failureClass: outcome.kind === 'delivered' ? undefined : outcome.failureClass,
    hint: outcome.kind === 'delivered' ? htmlWords(result.responseHeaders ?? {}) : undefined,
    nextTryTime: retryAt === undefined ? undefined : new Date(retryAt).toISOString(),
    durationMs: figures.durationMs,
    connectMs: figures.connectMs,
    waitMs: figures.waitMs,
    sentBytes: bytesOf(message).length,
    receivedBytes: figures.receivedBytes,
    ageMs: Math.max(result.finishedAt - claim.createdAt, 0),
    traceId: result.traceparent?.slice(...TRACE_ID),
  };
}
