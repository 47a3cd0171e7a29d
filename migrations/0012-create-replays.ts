import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateReplays1795000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    // In plain SQL: TypeORM would copy the whole table on SQLite.
    await runner.query("ALTER TABLE event ADD COLUMN ordering_key varchar(300) NOT NULL DEFAULT ''");
    await c.createTable(
      'replay',
      [
        c.uuid('id', { isPrimary: true }),
        c.integer('organization_id'),
        c.integer('webhook_id'),
        c.instant('since'),
        c.instant('until', { isNullable: true }),
        c.longText('events', { isNullable: true }),
        c.bigint('planned_through'),
        c.bigint('last_sequence'),
        c.integer('matched'),
        c.integer('done'),
        c.text('status', 8),
        c.instant('created_at'),
        c.text('created_by', 128),
        c.instant('finished_at', { isNullable: true }),
      ],
      [{ name: 'ix_replay_status', columns: ['status', 'organization_id'] }],
    );
    await c.createTable(
      'replay_event',
      [
        c.uuid('replay_id', { isPrimary: true }),
        c.bigint('sequence', { isPrimary: true }),
        c.keyText('ordering_key', 300),
        c.flag('live'),
      ],
      [{ name: 'ix_replay_event_key', columns: ['replay_id', 'ordering_key', 'sequence'] }],
    );
    await c.createTable('webhook_gap', [
      c.integer('webhook_id', { isPrimary: true }),
      c.bigint('after_sequence'),
      c.bigint('through_sequence', { isNullable: true }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_gap', 'replay_event', 'replay']) await runner.dropTable(table);
    await runner.query('ALTER TABLE event DROP COLUMN ordering_key');
  }
}
