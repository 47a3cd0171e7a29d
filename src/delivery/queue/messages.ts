import { Injectable } from '@nestjs/common';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import type { Message } from '../message.js';

/** Characters of bodies that are remembered: a change to many endpoints is read once, and not once for each of them. */
const MAX_REMEMBERED = 8 * 1024 * 1024;

/** Room that an entry takes besides its body, about. */
const ENTRY_COST = 512;

interface MessageRow {
  readonly id: string;
  readonly organization_id: number;
  readonly event_id: string;
  readonly event_name: string;
  readonly content_type: string;
  readonly body: string;
  readonly traceparent: string | null;
  readonly cost: number;
}

/** Reads messages, which never change once they are stored, and remembers those it came by last. Needs an open unit. */
@Injectable()
export class Messages {
  readonly #known = new Map<string, Message>();
  #size = 0;

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Those that exist, by id. One statement at the most. */
  async load(ids: Iterable<string>): Promise<ReadonlyMap<string, Message>> {
    const wanted = new Set(ids);
    const found = new Map<string, Message>();
    const missing: string[] = [];
    for (const id of wanted) {
      const message = this.#known.get(id);
      if (message) found.set(id, message);
      else missing.push(id);
    }
    const read = await this.#read(missing);
    for (const message of read) found.set(message.id, message);
    this.remember(read);
    return found;
  }

  /** Messages that are stored, and may be asked for soon. The oldest are forgotten when there is too much. */
  remember(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#known.has(message.id)) continue;
      this.#known.set(message.id, message);
      this.#size += costOf(message);
    }
    for (const [id, oldest] of this.#known) {
      if (this.#size <= MAX_REMEMBERED) break;
      this.#known.delete(id);
      this.#size -= costOf(oldest);
    }
  }

  async #read(ids: readonly string[]): Promise<Message[]> {
    if (ids.length === 0) return [];
    const list = inList(ids, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.manager.query(
      `SELECT id, organization_id, event_id, event_name, content_type, body, traceparent, cost FROM message WHERE id IN ${list.sql}`,
      list.values,
    )) as MessageRow[];
    return rows.map(toMessage);
  }
}

function costOf({ body }: Message): number {
  return body.length + ENTRY_COST;
}

function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    organizationId: row.organization_id,
    eventId: row.event_id,
    eventName: row.event_name,
    contentType: row.content_type,
    body: row.body,
    traceparent: row.traceparent,
    cost: row.cost,
  };
}
