import Database from 'better-sqlite3';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { EndpointEntity } from '../../src/delivery/endpoint.entity.js';
import { AttemptEntity } from '../../src/delivery/queue/attempt.entity.js';
import { DeliveryEntity } from '../../src/delivery/queue/delivery.entity.js';
import { EndpointFlightEntity } from '../../src/delivery/queue/endpoint-flight.entity.js';
import { LaneEntity } from '../../src/delivery/queue/lane.entity.js';
import { MessageEntity } from '../../src/delivery/queue/message.entity.js';
import {
  connectionOptions,
  createDataSource,
  readerOptions,
} from '../../src/platform/database/data-source.factory.js';
import { createTestDatabase } from '../support/databases.js';
import { FaultyUnitOfWork } from './faulty-unit-of-work.js';

const TABLES = ['attempt', 'delivery', 'lane', 'message', 'endpoint', 'endpoint_flight'] as const;

/** A delivery as the database has it at the moment. */
export interface StoredDelivery {
  readonly id: string;
  readonly endpoint_id: number;
  readonly lane_id: number;
  readonly sequence: number;
  readonly subject: string | null;
  readonly status: string;
  readonly last_error: string | null;
  readonly attempt_count: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly finished_at: number | null;
}

/** The engine's own tables on a real SQLite file, emptied for each schedule. */
export class Storage {
  /** One for all schedules: each has an asynchronous context that Node keeps track of for ever. */
  readonly unitOfWork: FaultyUnitOfWork;

  private constructor(
    readonly writer: DataSource,
    readonly committed: DataSource,
    private readonly raw: Database.Database,
    private readonly remove: () => Promise<void>,
  ) {
    this.unitOfWork = new FaultyUnitOfWork(writer, committed);
  }

  static async open(): Promise<Storage> {
    const database = await createTestDatabase('sqlite');
    const file = database.url.slice('sqlite:'.length);
    const options = {
      ...(await connectionOptions({ kind: 'sqlite', file })),
      migrations: [...migrations],
      entities: [
        EndpointEntity,
        EndpointFlightEntity,
        LaneEntity,
        MessageEntity,
        DeliveryEntity,
        AttemptEntity,
      ],
    } as DataSourceOptions;
    const writer = await createDataSource(options).initialize();
    await writer.runMigrations();
    // Power cuts are not simulated; waiting for the disk at every commit would take most of the time.
    await writer.query('PRAGMA synchronous = OFF');
    const committed = await createDataSource(readerOptions(options)).initialize();
    return new Storage(writer, committed, new Database(file, { readonly: true }), () => database.remove());
  }

  async empty(): Promise<void> {
    for (const table of TABLES) await this.writer.query(`DELETE FROM ${table}`);
  }

  isEnabled(endpointId: number): boolean {
    const row = this.raw.prepare('SELECT enabled FROM endpoint WHERE id = ?').get(endpointId);
    return (row as { enabled: number } | undefined)?.enabled === 1;
  }

  delivery(id: string): StoredDelivery | undefined {
    return this.raw.prepare('SELECT * FROM delivery WHERE id = ?').get(id) as StoredDelivery | undefined;
  }

  deliveries(): StoredDelivery[] {
    return this.raw.prepare('SELECT * FROM delivery ORDER BY sequence').all() as StoredDelivery[];
  }

  pendingCount(): number {
    const row = this.raw.prepare(`SELECT COUNT(*) AS n FROM delivery WHERE status = 'PENDING'`).get();
    return (row as { n: number }).n;
  }

  async close(): Promise<void> {
    this.raw.close();
    await this.committed.destroy();
    await this.writer.destroy();
    await this.remove();
  }
}
