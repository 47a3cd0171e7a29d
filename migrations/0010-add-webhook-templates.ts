import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class AddWebhookTemplates1795000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await runner.addColumns('webhook', [
      new TableColumn(c.longText('template', { isNullable: true })),
      new TableColumn(c.text('template_content_type', 128, { isNullable: true })),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('webhook', ['template_content_type', 'template']);
  }
}
