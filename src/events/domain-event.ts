import type { EventAction, EventKeys, EventResource } from './event-catalogue.js';

/** One difference between two states, with an RFC 6901 path into the event's data. */
export interface Change {
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What a service hands to the recorder. */
export interface RecordedChange {
  readonly resource: EventResource;
  readonly action: EventAction;
  readonly keys?: EventKeys;
  /**
   * The account of a member or the id of a webhook, touchpoint or campaign: what tells it from its like, since they have no keys. Events of the same
   * subject are delivered in order.
   */
  readonly subject?: string;
  /** The answer of the API call: a DTO or a list of them. Dates become epoch milliseconds. */
  readonly data: object;
  /** The same DTO as it was before; given, `changes` is computed from the two. */
  readonly before?: object;
  /** Paths of fields that changed but whose values are secrets, such as `/secretKey`. */
  readonly secretChanges?: readonly string[];
}

/** An event as it was recorded: never changed afterwards. */
export interface DomainEvent {
  /** UUIDv7; the `webhook-id` of all its deliveries. */
  readonly id: string;
  readonly organizationId: number;
  /** Counts the organization's events in the order of their commits, from 1. */
  readonly sequence: number;
  readonly resource: EventResource;
  readonly action: EventAction;
  /** `RESOURCE.ACTION`. */
  readonly name: string;
  readonly operator: string;
  /** When the change was asked for, epoch milliseconds. */
  readonly timestamp: number;
  readonly keys: EventKeys;
  /** The data as JSON text in wire form: keys sorted at every depth, dates in epoch milliseconds, no nulls. */
  readonly dataJson: string;
  readonly changes: readonly Change[] | undefined;
  /** Events with the same key reach each receiver one after the other. */
  readonly orderingKey: string;
  /** W3C trace context of the API call that made the change. */
  readonly traceparent: string | undefined;
}

/** Emitted inside the unit of work that records the event: listeners write in the same transaction and may fail it. */
export const EVENT_RECORDED = 'event.recorded';
