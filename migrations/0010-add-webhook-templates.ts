import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class AddWebhookTemplates1795000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.addColumns('webhook', [
      c.longText('template', { isNullable: true }),
      c.text('template_content_type', 128, { isNullable: true }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhook DROP COLUMN template_content_type');
    await runner.query('ALTER TABLE webhook DROP COLUMN template');
  }
}
