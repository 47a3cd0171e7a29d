import { Injectable } from '@nestjs/common';
import { notFound } from '../platform/errors/index.js';
import { EventDto, type EventPage, type EventQuery } from './event.dto.js';
import type { EventEntity } from './event.entity.js';
import { EventRepository } from './event.repository.js';

/** The cursor that stands before the first event. */
const START = '0';

/** Reads the feed, which is the audit log. */
@Injectable()
export class EventService {
  constructor(private readonly events: EventRepository) {}

  /**
   * With `after`: what came after that event, oldest first, and with `before`, too, up to that one; `next` is the last one seen,
   * also when nothing came, so that a poller keeps its place. Without: the newest first, going on with `before`.
   * @throws DomainError `not_found` for a cursor that names no event.
   */
  async list(organizationId: number, query: EventQuery): Promise<EventPage> {
    return query.after === undefined
      ? this.#newest(organizationId, query)
      : this.#onward(organizationId, query, query.after);
  }

  /**
   * The number of the event that a cursor names; 0 for the cursor before the first event.
   * @throws DomainError `not_found` for a cursor that names no event.
   */
  async positionOf(organizationId: number, cursor: string): Promise<number> {
    return cursor === START ? 0 : this.#sequenceOf(organizationId, cursor);
  }

  async #onward(organizationId: number, query: EventQuery, after: string): Promise<EventPage> {
    const sequence = await this.positionOf(organizationId, after);
    const upTo =
      query.before === undefined ? undefined : (await this.#sequenceOf(organizationId, query.before)) - 1;
    const found = await this.events.listAfter(organizationId, sequence, query, query.limit, upTo);
    return { content: found.map((event) => EventDto.from(event)), next: found.at(-1)?.id ?? after };
  }

  async #newest(organizationId: number, query: EventQuery): Promise<EventPage> {
    const before =
      query.before === undefined ? undefined : await this.#sequenceOf(organizationId, query.before);
    const found = await this.events.listBefore(organizationId, before, query, query.limit);
    const next: EventEntity | undefined = found.length < query.limit ? undefined : found.at(-1);
    return { content: found.map((event) => EventDto.from(event)), next: next?.id };
  }

  async #sequenceOf(organizationId: number, id: string): Promise<number> {
    const event = await this.events.find(organizationId, id);
    if (!event) throw notFound('event', id);
    return event.sequence;
  }
}
