import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateDeliveries1795000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await createEndpoints(c);
    await createMessagesAndLanes(c);
    await createDeliveriesAndAttempts(c);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['attempt', 'delivery', 'lane', 'message', 'endpoint']) await runner.dropTable(table);
  }
}

async function createEndpoints(c: Columns): Promise<void> {
  await c.createTable('endpoint', [
    c.id(),
    c.integer('organization_id'),
    c.text('kind', 16),
    c.flag('enabled'),
    c.text('disabled_reason', 1024, { isNullable: true }),
    c.instant('failing_since', { isNullable: true }),
    c.integer('consecutive_failures'),
    c.integer('probe_count'),
    c.instant('paused_until', { isNullable: true }),
    c.instant('probe_at', { isNullable: true }),
    c.bigint('next_slot_us', { isNullable: true }),
    c.text('last_error', 1024, { isNullable: true }),
    c.flag('last_succeeded', { isNullable: true }),
    c.integer('last_status_code', { isNullable: true }),
    c.instant('last_attempt_at', { isNullable: true }),
  ]);
}

export async function createMessagesAndLanes(c: Columns): Promise<void> {
  await c.createTable('message', [
    c.uuid('id', { isPrimary: true }),
    c.integer('organization_id'),
    c.uuid('event_id'),
    c.text('event_name', 64),
    c.text('content_type', 128),
    c.longText('body'),
    c.text('traceparent', 64, { isNullable: true }),
    c.instant('created_at'),
  ]);
  await c.createTable(
    'lane',
    [
      c.id(),
      c.integer('endpoint_id'),
      c.keyText('ordering_key', 300),
      c.flag('ephemeral'),
      c.instant('due_at', { isNullable: true }),
      c.uuid('lease_token', { isNullable: true }),
    ],
    [
      { name: 'uq_lane_key', columns: ['endpoint_id', 'ordering_key'], unique: true },
      { name: 'ix_lane_due', columns: ['endpoint_id', 'due_at'] },
    ],
  );
}

export async function createDeliveriesAndAttempts(c: Columns): Promise<void> {
  await c.createTable(
    'delivery',
    [
      c.uuid('id', { isPrimary: true }),
      c.integer('organization_id'),
      c.integer('endpoint_id'),
      c.integer('lane_id'),
      c.bigint('sequence'),
      c.uuid('message_id'),
      c.uuid('event_id'),
      c.text('event_name', 64),
      c.text('subject', 255, { isNullable: true }),
      c.text('status', 12),
      c.integer('attempt_count'),
      c.integer('last_status_code', { isNullable: true }),
      c.text('last_error', 1024, { isNullable: true }),
      c.instant('created_at'),
      c.instant('expires_at'),
      c.instant('finished_at', { isNullable: true }),
    ],
    [
      { name: 'ix_delivery_lane', columns: ['lane_id', 'status', 'sequence'] },
      { name: 'ix_delivery_endpoint', columns: ['endpoint_id', 'id'] },
      { name: 'ix_delivery_status', columns: ['endpoint_id', 'status', 'id'] },
      { name: 'ix_delivery_finished', columns: ['finished_at'] },
      { name: 'ix_delivery_message', columns: ['message_id'] },
    ],
  );
  await c.createTable('attempt', [
    c.uuid('delivery_id', { isPrimary: true }),
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
