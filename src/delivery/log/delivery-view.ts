import type { EndpointKind } from '../endpoint-kind.js';
import type { AttemptEntity } from '../queue/attempt.entity.js';
import type { DeliveryStatus } from '../queue/delivery.entity.js';
import type { MessageEntity } from '../queue/message.entity.js';
import type { DeliveryRow } from './delivery.repository.js';
import { unpackHeaders, type TryFacts } from '../queue/header-codec.js';

/** A delivery as the log shows it. Instants are epoch milliseconds. */
export interface DeliveryView {
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: number;
  /** What the endpoint is for; absent when it is gone. */
  readonly endpointKind?: EndpointKind;
  readonly eventName: string;
  readonly status: DeliveryStatus;
  readonly attemptCount: number;
  /** Pending and not just being sent: when its lane goes on. */
  readonly nextAttemptAt?: number;
  readonly lastStatusCode?: number;
  readonly lastError?: string;
  readonly createdAt: number;
  readonly finishedAt?: number;
}

export interface AttemptView {
  readonly number: number;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly statusCode?: number;
  readonly error?: string;
  readonly responseHeaders?: Record<string, string>;
  readonly responseBody?: string;
}

/** With what was sent and how each try went. */
export interface DeliveryDetail extends DeliveryView {
  readonly request: {
    /** Of the latest try, without secrets; empty before the first. */
    readonly headers: Record<string, string>;
    /** As it is stored: without what its endpoint adds at each try, see `Endpoint.messageAt`. */
    readonly body: string;
  };
  readonly attempts: readonly AttemptView[];
}

export function toView({ delivery, dueAt, endpointKind }: DeliveryRow): DeliveryView {
  return {
    id: delivery.id,
    eventId: delivery.eventId,
    endpointId: delivery.endpointId,
    endpointKind,
    eventName: delivery.eventName,
    status: delivery.status,
    attemptCount: delivery.attemptCount,
    nextAttemptAt: dueAt ?? undefined,
    lastStatusCode: delivery.lastStatusCode ?? undefined,
    lastError: delivery.lastError ?? undefined,
    createdAt: delivery.createdAt,
    finishedAt: delivery.finishedAt ?? undefined,
  };
}

export function toDetail(
  row: DeliveryRow,
  message: MessageEntity,
  attempts: readonly AttemptEntity[],
): DeliveryDetail {
  const latest = attempts.at(-1);
  return {
    ...toView(row),
    request: {
      headers: latest ? unpackHeaders(latest.requestHeaders, factsOf(latest, message)) : {},
      body: message.body,
    },
    attempts: attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: attempt.startedAt,
      durationMs: attempt.durationMs,
      statusCode: attempt.statusCode ?? undefined,
      error: attempt.error ?? undefined,
      responseHeaders: attempt.responseHeaders === null ? undefined : unpackHeaders(attempt.responseHeaders),
      responseBody: attempt.responseBody ?? undefined,
    })),
  };
}

function factsOf({ deliveryId, number, startedAt }: AttemptEntity, message: MessageEntity): TryFacts {
  return { ...message, deliveryId, number, startedAt };
}
