import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, rowPlaceholders, UnitOfWork } from '../../platform/database/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';

/** A worker that looked for work of an endpoint within this time is left its share of it, milliseconds. */
const INTERESTED_MS = 1_000;

/** In place of a worker's id: the row that is locked while claims of the endpoint are made. */
const GATE = '';

/** A row that has not counted for this long is nobody's, milliseconds. */
const DEAD_AFTER_MS = 3_600_000;

/** What a claim leads to: written by `EndpointFlights.write`. */
export interface Flight {
  readonly endpointId: number;
  /** Requests this process may have on the way from now on. */
  readonly inFlight: number;
  /** What it could use. */
  readonly wanted: number;
  /** When the last of the new leases ends, epoch milliseconds; absent: there are no new ones. */
  readonly leasedUntil?: number;
}

/** What other processes leave of an endpoint's limit. */
export class Elsewhere {
  /** Requests that others have on the way. */
  inFlight = 0;
  readonly #interested: { readonly wanted: number; readonly inFlight: number }[] = [];

  add(inFlight: number, wanted: number, isInterested: boolean): void {
    this.inFlight += inFlight;
    if (isInterested) this.#interested.push({ wanted, inFlight });
  }

  /**
   * How many requests this process may have on the way: what the others leave, less what they could use of their even share, so that
   * whoever came first does not keep it all.
   */
  leaves(maxInFlight: number): number {
    const share = Math.floor(maxInFlight / (this.#interested.length + 1));
    const kept = this.#interested.reduce(
      (sum, { wanted, inFlight }) => sum + Math.max(Math.min(wanted, share) - inFlight, 0),
      0,
    );
    return Math.max(maxInFlight - this.inFlight - kept, 0);
  }
}

function nobodyElse(endpointIds: readonly number[]): Map<number, Elsewhere> {
  return new Map(endpointIds.map((id) => [id, new Elsewhere()]));
}

interface FlightRow {
  readonly endpoint_id: number;
  readonly in_flight: number;
  readonly wanted: number;
  readonly seen_at: number;
}

/**
 * Keeps `maxInFlight` over all processes. Each process has a row for each endpoint that it sends to, with how many requests it may have
 * on the way, and writes none but its own. It is written under the endpoint's gate, a row that is locked from the look at the
 * others to the commit, so that no two processes give out the same room. A gate that somebody holds is not waited for.
 *
 * A row counts until its last lease has ended, so a process that dies takes its part with it for that long, and nothing else has to
 * be cleaned up. Needs an open unit; of no effect where the database serves one process.
 */
@Injectable()
export class EndpointFlights {
  readonly #workerId: string;
  /** Endpoints whose gates are known to exist. */
  readonly #gates = new Set<number>();
  /** Endpoints that this process is on record for, and until when that counts, epoch milliseconds. */
  readonly #written = new Map<number, number>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    ids: IdGenerator,
  ) {
    this.#workerId = ids.uuid();
  }

  /** What others have of these endpoints; those whose gate somebody else holds are missing. */
  async enter(endpointIds: readonly number[]): Promise<ReadonlyMap<number, Elsewhere>> {
    const { servesManyProcesses } = this.unitOfWork.dialect;
    if (!servesManyProcesses || endpointIds.length === 0) return nobodyElse(endpointIds);
    const open = await this.#lockGates(endpointIds);
    const elsewhere = nobodyElse(open);
    const now = this.clock.now();
    const list = inList(open, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.manager.query(
      `SELECT endpoint_id, in_flight, wanted, seen_at FROM endpoint_flight
        WHERE endpoint_id IN ${list.sql} AND valid_until > ? AND worker_id <> ?`,
      [...list.values, now, this.#workerId],
    )) as FlightRow[];
    for (const row of rows)
      elsewhere
        .get(row.endpoint_id)
        ?.add(row.in_flight, row.wanted, Number(row.seen_at) > now - INTERESTED_MS);
    return elsewhere;
  }

  /** Says what this process has on the way to endpoints whose gates it entered. */
  async write(flights: readonly Flight[]): Promise<void> {
    if (!this.unitOfWork.dialect.servesManyProcesses) return;
    const now = this.clock.now();
    const rows: unknown[][] = [];
    for (const { endpointId, inFlight, wanted, leasedUntil = 0 } of flights) {
      if (inFlight === 0 && wanted === 0 && !this.isOnRecord(endpointId)) continue;
      const before = this.#written.get(endpointId) ?? 0;
      const validUntil = Math.max(before, leasedUntil, now + INTERESTED_MS);
      rows.push([endpointId, this.#workerId, inFlight, wanted, now, validUntil]);
      // Before the commit, of which the answer may be lost: what might be on record counts as being there.
      if (inFlight > 0) this.#written.set(endpointId, validUntil);
      else this.unitOfWork.afterCommit(() => this.#written.delete(endpointId));
    }
    await this.#upsert(rows);
  }

  /** Endpoints of which this process is on record with requests that it may have on the way. */
  isOnRecord(endpointId: number): boolean {
    return this.#written.has(endpointId);
  }

  /** Of no endpoint has this process anything on the way any more. */
  async leave(): Promise<void> {
    if (!this.unitOfWork.dialect.servesManyProcesses) return;
    await this.unitOfWork.manager.query('DELETE FROM endpoint_flight WHERE worker_id = ?', [this.#workerId]);
    this.#written.clear();
  }

  /** Removes what processes left behind that died long ago; of no effect on any limit. */
  async removeDead(): Promise<void> {
    await this.unitOfWork.manager.query(
      'DELETE FROM endpoint_flight WHERE worker_id <> ? AND valid_until < ?',
      [GATE, this.clock.now() - DEAD_AFTER_MS],
    );
  }

  async #lockGates(endpointIds: readonly number[]): Promise<number[]> {
    const { dialect, manager } = this.unitOfWork;
    const unknown = endpointIds.filter((id) => !this.#gates.has(id)).sort((a, b) => a - b);
    await this.#upsert(unknown.map((id) => [id, GATE, 0, 0, 0, 0]));
    const list = inList(endpointIds, dialect);
    const lock = dialect.locksRows ? 'FOR UPDATE SKIP LOCKED' : '';
    const rows = (await manager.query(
      `SELECT endpoint_id FROM endpoint_flight WHERE endpoint_id IN ${list.sql} AND worker_id = ? ${lock}`,
      [...list.values, GATE],
    )) as { endpoint_id: number }[];
    this.unitOfWork.afterCommit(() => {
      for (const id of unknown) this.#gates.add(id);
    });
    return rows.map((row) => row.endpoint_id);
  }

  async #upsert(rows: readonly unknown[][]): Promise<void> {
    if (rows.length === 0) return;
    const { dialect, manager } = this.unitOfWork;
    const columns = ['in_flight', 'wanted', 'seen_at', 'valid_until'];
    await manager.query(
      `INSERT INTO endpoint_flight (endpoint_id, worker_id, ${columns.join(', ')}) VALUES ${rowPlaceholders(rows.length, 6)}
       ${dialect.upsert(['endpoint_id', 'worker_id'], columns)}`,
      rows.flat(),
    );
  }
}
