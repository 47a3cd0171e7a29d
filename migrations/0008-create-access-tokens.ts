import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateAccessTokens1795000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.createTable(
      'access_token',
      [
        c.id(),
        c.integer('organization_id'),
        c.text('type', 16),
        c.keyText('name', 256),
        c.text('role', 16, { isNullable: true }),
        c.integer('member_id'),
        c.text('token_hash', 64),
        c.instant('visited_at', { isNullable: true }),
        ...c.audit(),
      ],
      [
        { name: 'uq_access_token_name', columns: ['organization_id', 'type', 'name'], unique: true },
        { name: 'uq_access_token_hash', columns: ['token_hash'], unique: true },
        { name: 'ix_access_token_member', columns: ['member_id'] },
      ],
    );
    await c.createTable('dictionary', [
      c.integer('member_id', { isPrimary: true }),
      c.text('key_hash', 64, { isPrimary: true }),
      c.text('key', 1024),
      c.longText('value'),
      c.instant('created_at'),
      c.instant('modified_at'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('dictionary');
    await runner.dropTable('access_token');
  }
}
