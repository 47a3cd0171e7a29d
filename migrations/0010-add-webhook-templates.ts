import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

/** By plain statements: TypeORM's `addColumn` makes the whole table anew on SQLite and loses the name's collation on the way. */
export class AddWebhookTemplates1795000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { type } = new Columns(runner).longText('template');
    await runner.query(`ALTER TABLE webhook ADD COLUMN template ${type}`);
    await runner.query('ALTER TABLE webhook ADD COLUMN template_content_type varchar(128)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhook DROP COLUMN template_content_type');
    await runner.query('ALTER TABLE webhook DROP COLUMN template');
  }
}
