import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateMembers1795000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await c.ignoreCase();
    await c.createTable('organization', [c.id(), c.text('name', 128), c.instant('created_at')]);
    await c.createTable(
      'member',
      [
        c.id(),
        c.keyText('account', 128),
        c.text('nickname', 64, { isNullable: true }),
        c.text('password_hash', 255, { isNullable: true }),
        c.text('status', 16),
        c.text('source', 32),
        c.flag('deleted'),
        c.integer('session_epoch'),
        c.instant('visited_at', { isNullable: true }),
        ...c.audit(),
      ],
      [{ name: 'uq_member_account', columns: ['account'], unique: true }],
    );
    await c.createTable(
      'organization_member',
      [
        c.id(),
        c.integer('organization_id'),
        c.integer('member_id'),
        c.text('role', 16),
        c.flag('valid'),
        c.instant('login_at', { isNullable: true }),
        ...c.audit(),
      ],
      [
        { name: 'uq_organization_member', columns: ['organization_id', 'member_id'], unique: true },
        { name: 'ix_organization_member_member', columns: ['member_id'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['organization_member', 'member', 'organization']) await runner.dropTable(table);
  }
}
