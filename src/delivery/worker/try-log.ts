import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/log/logger.js';
import type { Verdict } from '../queue/settlement-writes.js';
import { htmlWords } from './status-words.js';

/**
 * One line a try, once its result has been committed: everything that is known of it, so that no second line has to be found. No
 * path and no query of the address, no header and no body is in it: secrets may sit there.
 */
@Injectable()
export class TryLog {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log.unredacted();
  }

  write(verdicts: readonly Verdict[]): void {
    if (!this.#log.writes('info')) return;
    for (const verdict of verdicts) this.#log.info(fieldsOf(verdict), 'delivery tried');
  }
}

function fieldsOf({ result, status, error, retryAt }: Verdict): Record<string, unknown> {
  const { claim, outcome, figures } = result;
  const { message, endpoint } = claim;
  return {
    deliveryId: claim.deliveryId,
    eventId: message.eventId,
    event: message.eventName,
    organizationId: message.organizationId,
    endpointId: endpoint.id,
    host: hostOf(endpoint.url),
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
    sentBytes: Buffer.byteLength(message.body),
    receivedBytes: figures.receivedBytes,
    ageMs: Math.max(result.finishedAt - claim.createdAt, 0),
    traceId: result.traceparent?.split('-')[1],
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
