import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateEvents1795000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.createTable('event_sequence', [
      c.integer('organization_id', { isPrimary: true }),
      c.bigint('value'),
    ]);
    await c.createTable(
      'event',
      [
        c.uuid('id', { isPrimary: true }),
        c.integer('organization_id'),
        c.bigint('sequence'),
        c.text('resource', 16),
        c.text('action', 32),
        c.keyText('operator', 128),
        c.instant('timestamp'),
        c.keyText('project_key', 128, { isNullable: true }),
        c.keyText('environment_key', 128, { isNullable: true }),
        c.keyText('toggle_key', 128, { isNullable: true }),
        c.keyText('segment_key', 128, { isNullable: true }),
        c.longText('data', { isNullable: true }),
        c.longText('changes', { isNullable: true }),
        c.text('traceparent', 64, { isNullable: true }),
      ],
      [
        { name: 'uq_event_sequence', columns: ['organization_id', 'sequence'], unique: true },
        { name: 'ix_event_project', columns: ['organization_id', 'project_key', 'toggle_key', 'sequence'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('event');
    await runner.dropTable('event_sequence');
  }
}
