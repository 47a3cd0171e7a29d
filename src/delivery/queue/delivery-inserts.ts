import { Injectable } from '@nestjs/common';
import { Settings } from '../../platform/config/index.js';
import { partsBySize, rowChunksOf, rowPlaceholders, UnitOfWork } from '../../platform/database/index.js';
import type { Message } from '../message.js';
import { Messages } from './messages.js';

/** A message about to be stored. */
export interface NewMessage {
  readonly id: string;
  readonly organizationId: number;
  readonly eventId: string;
  readonly eventName: string;
  readonly contentType: string;
  readonly body: string;
  readonly traceparent: string | undefined;
  /** See `MessagePlan.cost`. */
  readonly cost?: number;
  readonly createdAt: number;
}

/** A delivery about to be stored: pending, or failed from the start. */
export interface NewDelivery {
  readonly id: string;
  readonly organizationId: number;
  readonly endpointId: number;
  readonly laneId: number;
  readonly sequence: number;
  readonly messageId: string;
  readonly eventId: string;
  readonly eventName: string;
  /** See `DeliveryEntity.subject`. */
  readonly subject: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Why nothing can be sent; absent: it is pending. */
  readonly failure?: string;
}

const MESSAGE_COLUMNS =
  'id, organization_id, event_id, event_name, content_type, body, traceparent, cost, created_at';
const DELIVERY_COLUMNS =
  'id, organization_id, endpoint_id, lane_id, sequence, message_id, event_id, event_name, subject, status, attempt_count, created_at, expires_at, finished_at, last_error, last_status_code';

/** No status code, no instant: in columns that read as null. */
const NONE = 0;

/** See `MessagePlan.cost`. */
const DEFAULT_COST = 1;

/** As long as the column of that name. */
const MAX_ERROR_LENGTH = 1024;

/** Stores messages and deliveries in few statements, since a change may go to many endpoints. */
@Injectable()
export class DeliveryInserts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly messages: Messages,
    private readonly settings: Settings,
  ) {}

  /** A process that sends, too, has them at hand once they are committed. */
  async insertMessages(messages: readonly NewMessage[]): Promise<void> {
    for (const part of partsBySize(messages, ({ body }) => body.length))
      await this.#insert('message', MESSAGE_COLUMNS, part, messageValues);
    if (this.settings.roles.has('worker'))
      this.unitOfWork.afterCommit(() => this.messages.remember(messages.map(toMessage)));
  }

  async insertDeliveries(deliveries: readonly NewDelivery[]): Promise<void> {
    await this.#insert('delivery', DELIVERY_COLUMNS, deliveries, (delivery) => [
      delivery.id,
      delivery.organizationId,
      delivery.endpointId,
      delivery.laneId,
      delivery.sequence,
      delivery.messageId,
      delivery.eventId,
      delivery.eventName,
      delivery.subject,
      delivery.failure === undefined ? 'PENDING' : 'FAILED',
      0,
      delivery.createdAt,
      delivery.expiresAt,
      delivery.failure === undefined ? NONE : delivery.createdAt,
      delivery.failure?.slice(0, MAX_ERROR_LENGTH) ?? null,
      NONE,
    ]);
  }

  async #insert<T>(
    table: string,
    columns: string,
    rows: readonly T[],
    values: (row: T) => unknown[],
  ): Promise<void> {
    const width = columns.split(',').length;
    for (const chunk of rowChunksOf(rows, this.unitOfWork.dialect)) {
      const sql = `INSERT INTO ${table} (${columns}) VALUES ${rowPlaceholders(chunk.length, width)}`;
      await this.unitOfWork.manager.query(sql, chunk.flatMap(values));
    }
  }
}

function messageValues(message: NewMessage): unknown[] {
  return [
    message.id,
    message.organizationId,
    message.eventId,
    message.eventName,
    message.contentType,
    message.body,
    message.traceparent ?? null,
    message.cost ?? DEFAULT_COST,
    message.createdAt,
  ];
}

function toMessage(message: NewMessage): Message {
  const { id, organizationId, eventId, eventName, contentType, body } = message;
  const { traceparent = null, cost = DEFAULT_COST } = message;
  return { id, organizationId, eventId, eventName, contentType, body, traceparent, cost };
}
