import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class AddSecretRotation1795000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.addColumns('webhook', [
      c.longText('sealed_previous_secret', { isNullable: true }),
      c.instant('previous_secret_until', { isNullable: true }),
      c.flag('asymmetric_signature', { default: 0 }),
    ]);
    await c.createTable(
      'signing_key',
      [
        c.id(),
        c.integer('organization_id'),
        c.text('public_key', 64),
        c.longText('sealed_private_key'),
        c.instant('created_at'),
      ],
      [{ name: 'uq_signing_key_organization', columns: ['organization_id'], unique: true }],
    );
    // One row, made at the first start: tells whether a master key is the one that sealed this database.
    await c.createTable('sealing_check', [c.integer('id', { isPrimary: true }), c.longText('sealed_check')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['sealing_check', 'signing_key']) await runner.dropTable(table);
    for (const column of ['asymmetric_signature', 'previous_secret_until', 'sealed_previous_secret'])
      await runner.query(`ALTER TABLE webhook DROP COLUMN ${column}`);
  }
}
