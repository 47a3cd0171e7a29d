import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import type { DeliveryStatus } from '../queue/delivery.entity.js';
import { SKIPPED_PREFIX } from '../queue/superseded.js';

/** Rows read at once. */
const READ = 5_000;

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly created_at: number | string;
  readonly last_error: string | null;
}

/** What became of an endpoint's deliveries, event by event. Reads only. */
@Injectable()
export class EndpointDeliveries {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Whether as many as `count` deliveries are pending. */
  async hasPending(endpointId: number, count: number): Promise<boolean> {
    const [row] = (await this.unitOfWork.reader.query(
      `SELECT COUNT(*) AS pending FROM (
         SELECT id FROM delivery WHERE endpoint_id = ? AND status = 'PENDING' LIMIT ?) found`,
      [endpointId, count],
    )) as { pending: number | string }[];
    return Number(row?.pending ?? 0) >= count;
  }

  /**
   * Events that the endpoint did not get: with deliveries since then that failed or were canceled, and none that succeeded or is
   * still on its way. What was skipped for something newer is not missing. Reaches back as far as deliveries are kept.
   * @param since epoch milliseconds
   */
  async undeliveredEvents(endpointId: number, since: number): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    await this.#each(endpointId, ['FAILED', 'CANCELED'], since, (eventId) => found.add(eventId));
    if (found.size > 0)
      await this.#each(endpointId, ['SUCCEEDED', 'PENDING'], since, (eventId) => found.delete(eventId));
    return found;
  }

  /** Status by status, in short statements: a log may be long. */
  async #each(
    endpointId: number,
    statuses: readonly DeliveryStatus[],
    since: number,
    visit: (eventId: string) => void,
  ): Promise<void> {
    for (const status of statuses) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const rows: Row[] = await this.unitOfWork.reader.query(
          `SELECT id, event_id, created_at, last_error FROM delivery
            WHERE endpoint_id = ? AND status = ? AND id > ? ORDER BY id LIMIT ?`,
          [endpointId, status, after, READ],
        );
        for (const row of rows) if (Number(row.created_at) >= since && !isSkipped(row)) visit(row.event_id);
        after = rows.length < READ ? undefined : rows.at(-1)?.id;
      }
    }
  }
}

function isSkipped({ last_error: error }: Row): boolean {
  return error?.startsWith(SKIPPED_PREFIX) ?? false;
}
