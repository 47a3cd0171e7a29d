import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateWebhooks1795000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.createTable(
      'webhook',
      [
        c.integer('id', { isPrimary: true }),
        c.integer('organization_id'),
        c.keyText('name', 64),
        c.text('url', 2048),
        c.text('status', 8),
        c.text('description', 1024),
        c.longText('sealed_secret', { isNullable: true }),
        c.longText('sealed_headers', { isNullable: true }),
        c.longText('events'),
        c.longText('project_keys', { isNullable: true }),
        c.longText('environment_keys', { isNullable: true }),
        c.longText('toggle_keys', { isNullable: true }),
        c.text('format', 16),
        c.integer('timeout_ms'),
        c.integer('retry_for_hours'),
        c.integer('max_per_second', { isNullable: true }),
        c.integer('max_in_flight'),
        c.text('ordering', 16),
        c.flag('mask_sdk_keys'),
        ...c.audit(),
      ],
      [{ name: 'uq_webhook_name', columns: ['organization_id', 'name'], unique: true }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('webhook');
  }
}
