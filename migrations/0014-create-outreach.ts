import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

/** Profiles, touchpoints, campaigns and what became of each recipient; and what a message costs of its endpoint's rate. */
export class CreateOutreach1795000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.addColumns('message', [c.integer('cost', { default: 1 })]);
    await c.addColumns('endpoint', [c.integer('slot_cost', { default: 1 })]);
    await createProfiles(c);
    await createTouchpoints(c);
    await createCampaigns(c);
    await createRuns(c);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
    await runner.query('ALTER TABLE message DROP COLUMN cost');
    await runner.query('ALTER TABLE endpoint DROP COLUMN slot_cost');
  }
}

const TABLES = [
  'profile',
  'profile_sequence',
  'profile_event',
  'profile_event_count',
  'touchpoint',
  'touchpoint_space',
  'campaign',
  'campaign_touchpoint',
  'trigger_count',
  'campaign_run',
  'reach_batch',
  'recipient',
] as const;

async function createProfiles(c: Columns): Promise<void> {
  await c.createTable(
    'profile',
    [
      c.integer('project_id', { isPrimary: true }),
      c.bigint('gid', { isPrimary: true }),
      c.exactText('user_id', 255, { isNullable: true }),
      c.longText('attributes'),
      c.instant('created_at'),
      c.instant('modified_at'),
    ],
    [{ name: 'uq_profile_user', columns: ['project_id', 'user_id'], unique: true }],
  );
  await c.createTable('profile_sequence', [
    c.integer('project_id', { isPrimary: true }),
    c.bigint('next_gid'),
  ]);
  await c.createTable(
    'profile_event',
    [
      c.uuidKey('id', { isPrimary: true }),
      c.integer('project_id'),
      c.bigint('gid'),
      c.exactText('name', 128),
      c.instant('time'),
      c.longText('value', { isNullable: true }),
      c.longText('attributes', { isNullable: true }),
    ],
    [{ name: 'ix_profile_event', columns: ['project_id', 'gid', 'time'] }],
  );
  await c.createTable('profile_event_count', [
    c.integer('project_id', { isPrimary: true }),
    c.bigint('gid', { isPrimary: true }),
    c.exactText('name', 128, { isPrimary: true }),
    c.integer('count'),
    c.instant('last_at'),
  ]);
}

async function createTouchpoints(c: Columns): Promise<void> {
  await c.createTable(
    'touchpoint',
    [
      c.integer('id', { isPrimary: true }),
      c.integer('organization_id'),
      c.text('kind', 16),
      c.text('type', 16, { isNullable: true }),
      c.text('name', 64),
      c.text('url', 2048),
      c.text('status', 8),
      c.longText('sealed_secret', { isNullable: true }),
      c.longText('config'),
      c.integer('receipt_endpoint_id', { isNullable: true }),
      ...c.audit(),
    ],
    [
      { name: 'ix_touchpoint_organization', columns: ['organization_id', 'id'] },
      { name: 'ix_touchpoint_receipts', columns: ['receipt_endpoint_id'] },
    ],
  );
  await c.createTable(
    'touchpoint_space',
    [c.integer('touchpoint_id', { isPrimary: true }), c.integer('project_id', { isPrimary: true })],
    [{ name: 'ix_touchpoint_space_project', columns: ['project_id'] }],
  );
}

async function createCampaigns(c: Columns): Promise<void> {
  await c.createTable(
    'campaign',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.text('name', 64),
      c.text('status', 16),
      c.longText('content'),
      c.exactText('trigger_event', 128, { isNullable: true }),
      c.instant('next_run_at', { isNullable: true }),
      c.instant('ends_at', { isNullable: true }),
      c.instant('published_at', { isNullable: true }),
      c.instant('started_at', { isNullable: true }),
      ...c.audit(),
    ],
    [
      { name: 'ix_campaign_project', columns: ['project_id', 'id'] },
      { name: 'ix_campaign_due', columns: ['status', 'next_run_at'] },
      { name: 'ix_campaign_trigger', columns: ['project_id', 'trigger_event'] },
    ],
  );
  await c.createTable(
    'campaign_touchpoint',
    [c.integer('campaign_id', { isPrimary: true }), c.integer('touchpoint_id', { isPrimary: true })],
    [{ name: 'ix_campaign_touchpoint', columns: ['touchpoint_id'] }],
  );
  await c.createTable('trigger_count', [
    c.integer('campaign_id', { isPrimary: true }),
    c.bigint('gid', { isPrimary: true }),
    c.integer('count'),
  ]);
}

async function createRuns(c: Columns): Promise<void> {
  await c.createTable(
    'campaign_run',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.integer('campaign_id'),
      c.text('phase', 8),
      c.instant('scheduled_at'),
      c.instant('started_at'),
      c.instant('finished_at', { isNullable: true }),
      c.bigint('through_gid'),
      c.bigint('cursor_gid'),
      c.integer('audience'),
      c.integer('next_batch'),
      c.longText('filling'),
      c.text('problem', 255, { isNullable: true }),
      c.longText('totals', { isNullable: true }),
    ],
    [
      { name: 'ix_campaign_run_campaign', columns: ['campaign_id', 'id'] },
      { name: 'ix_campaign_run_phase', columns: ['phase', 'id'] },
    ],
  );
  await c.createTable(
    'reach_batch',
    [
      c.integer('run_id', { isPrimary: true }),
      c.integer('number', { isPrimary: true }),
      c.integer('touchpoint_id'),
      c.integer('step'),
      c.integer('size'),
      c.fixedText('status', 9),
      c.uuidKey('order_id', { isNullable: true }),
      c.uuidKey('delivery_id', { isNullable: true }),
      c.integer('succeeded'),
      c.integer('failed'),
      c.integer('passed'),
      c.integer('canceled'),
      c.text('reason', 255, { isNullable: true }),
      c.longText('failures', { isNullable: true }),
      c.instant('sent_at', { isNullable: true }),
      c.instant('finished_at', { isNullable: true }),
      c.instant('poll_at', { isNullable: true }),
      c.instant('poll_until', { isNullable: true }),
    ],
    [
      { name: 'uq_reach_batch_order', columns: ['order_id'], unique: true },
      { name: 'ix_reach_batch_status', columns: ['run_id', 'status', 'touchpoint_id', 'number'] },
      { name: 'ix_reach_batch_touchpoint', columns: ['touchpoint_id', 'status'] },
      { name: 'ix_reach_batch_poll', columns: ['poll_at'] },
    ],
  );
  await c.createTable(
    'recipient',
    [
      c.integer('run_id', { isPrimary: true }),
      c.integer('batch', { isPrimary: true }),
      c.bigint('gid', { isPrimary: true }),
      c.integer('project_id'),
      c.fixedText('status', 9),
      c.text('reason', 255, { isNullable: true }),
      c.instant('finished_at', { isNullable: true }),
    ],
    [{ name: 'ix_recipient_profile', columns: ['project_id', 'gid', 'run_id'] }],
    { byKey: true },
  );
}
