import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDeliveriesAndAttempts, createMessagesAndLanes } from './0004-create-deliveries.js';
import { Columns } from './columns.js';

/**
 * Gives the engine's busiest tables the shape that costs least a try: columns of a fixed width where tries write, ids compared byte by
 * byte, fewer indexes that move. And a table of which worker has how much on its way to which endpoint.
 */
export class ReshapeDeliveries1795000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await setAside(runner, OLD_INDEXES);
    await createMessageTable(c);
    await createLaneTable(c);
    await createDeliveryTable(c);
    await createAttemptTable(c);
    for (const [table, columns, values] of COPIES) await copyBack(runner, table, columns, values);
    await c.createTable('endpoint_flight', [
      c.integer('endpoint_id', { isPrimary: true }),
      c.uuidKey('worker_id', { isPrimary: true }),
      c.integer('in_flight'),
      c.integer('wanted'),
      c.instant('seen_at'),
      c.instant('valid_until'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await runner.dropTable('endpoint_flight');
    await setAside(runner, NEW_INDEXES);
    await createMessagesAndLanes(c);
    await createDeliveriesAndAttempts(c);
    for (const [table, columns, values] of COPIES_BACK) await copyBack(runner, table, columns, values);
  }
}

type Copy = readonly [table: string, columns: string, values: string];

const MESSAGE = 'id, organization_id, event_id, event_name, content_type, body, traceparent, created_at';
const LANE = 'id, endpoint_id, ordering_key, ephemeral, due_at, lease_token';
const DELIVERY =
  'id, organization_id, endpoint_id, lane_id, sequence, message_id, event_id, event_name, subject, status, attempt_count, last_error, created_at, expires_at, last_status_code, finished_at';
const ATTEMPT =
  'delivery_id, number, started_at, duration_ms, status_code, error, request_headers, response_headers, response_body';

/** Leases end with the migration: nothing is under way while it runs, and what was is due again. */
const COPIES: readonly Copy[] = [
  ['message', MESSAGE, MESSAGE],
  ['lane', `${LANE}, lease_until`, "id, endpoint_id, ordering_key, ephemeral, COALESCE(due_at, 0), '', 0"],
  [
    'delivery',
    DELIVERY,
    DELIVERY.replace(/last_status_code.*/, 'COALESCE(last_status_code, 0), COALESCE(finished_at, 0)'),
  ],
  ['attempt', ATTEMPT, ATTEMPT],
];

const COPIES_BACK: readonly Copy[] = [
  ['message', MESSAGE, MESSAGE],
  ['lane', LANE, 'id, endpoint_id, ordering_key, ephemeral, NULLIF(due_at, 0), NULL'],
  [
    'delivery',
    DELIVERY,
    DELIVERY.replace(/last_status_code.*/, 'NULLIF(last_status_code, 0), NULLIF(finished_at, 0)'),
  ],
  ['attempt', ATTEMPT, ATTEMPT],
];

const NEW_INDEXES: Readonly<Record<string, readonly string[]>> = {
  message: [],
  lane: ['uq_lane_key', 'ix_lane_due'],
  delivery: ['ix_delivery_lane', 'ix_delivery_endpoint', 'ix_delivery_status', 'ix_delivery_message'],
  attempt: [],
};

const OLD_INDEXES = {
  ...NEW_INDEXES,
  delivery: [...(NEW_INDEXES['delivery'] ?? []), 'ix_delivery_finished'],
};

/** Makes room for tables of the same names. On SQLite an index keeps its name to itself, whatever its table is called. */
async function setAside(
  runner: QueryRunner,
  indexes: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const [table, names] of Object.entries(indexes)) {
    await runner.query(`ALTER TABLE ${table} RENAME TO ${table}_before`);
    const of = runner.dataSource.options.type === 'better-sqlite3' ? '' : `ON ${table}_before`;
    for (const name of names) await runner.query(`DROP INDEX ${name} ${of}`);
  }
}

async function copyBack(runner: QueryRunner, table: string, columns: string, values: string): Promise<void> {
  await runner.query(`INSERT INTO ${table} (${columns}) SELECT ${values} FROM ${table}_before`);
  await runner.query(`DROP TABLE ${table}_before`);
}

async function createMessageTable(c: Columns): Promise<void> {
  await c.createTable('message', [
    c.uuidKey('id', { isPrimary: true }),
    c.integer('organization_id'),
    c.uuidKey('event_id'),
    c.text('event_name', 64),
    c.text('content_type', 128),
    c.longText('body'),
    c.text('traceparent', 64, { isNullable: true }),
    c.instant('created_at'),
  ]);
}

async function createLaneTable(c: Columns): Promise<void> {
  await c.createTable(
    'lane',
    [
      c.id(),
      c.integer('endpoint_id'),
      c.keyText('ordering_key', 300),
      c.flag('ephemeral'),
      c.instant('due_at'),
      c.fixedText('lease_token', 36),
      c.instant('lease_until'),
    ],
    [
      { name: 'uq_lane_key', columns: ['endpoint_id', 'ordering_key'], unique: true },
      { name: 'ix_lane_due', columns: ['endpoint_id', 'due_at'] },
    ],
  );
}

async function createDeliveryTable(c: Columns): Promise<void> {
  await c.createTable(
    'delivery',
    [
      c.uuidKey('id', { isPrimary: true }),
      c.integer('organization_id'),
      c.integer('endpoint_id'),
      c.integer('lane_id'),
      c.bigint('sequence'),
      c.uuidKey('message_id'),
      c.uuidKey('event_id'),
      c.text('event_name', 64),
      c.text('subject', 255, { isNullable: true }),
      c.fixedText('status', 9),
      c.integer('attempt_count'),
      c.integer('last_status_code'),
      c.text('last_error', 1024, { isNullable: true }),
      c.instant('created_at'),
      c.instant('expires_at'),
      c.instant('finished_at'),
    ],
    [
      { name: 'ix_delivery_lane', columns: ['lane_id', 'status', 'sequence'] },
      { name: 'ix_delivery_endpoint', columns: ['endpoint_id', 'id'] },
      { name: 'ix_delivery_status', columns: ['endpoint_id', 'status', 'id'] },
      { name: 'ix_delivery_message', columns: ['message_id'] },
    ],
  );
}

async function createAttemptTable(c: Columns): Promise<void> {
  await c.createTable('attempt', [
    c.uuidKey('delivery_id', { isPrimary: true }),
    c.integer('number', { isPrimary: true }),
    c.instant('started_at'),
    c.integer('duration_ms'),
    c.integer('status_code', { isNullable: true }),
    c.text('error', 1024, { isNullable: true }),
    c.longText('request_headers'),
    c.longText('response_headers', { isNullable: true }),
    c.longText('response_body', { isNullable: true }),
  ]);
}
