import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { Columns } from './columns.js';

export class CreateApprovals1795000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await createRecords(c);
    await createSketches(c);
    await runner.addColumn(
      'targeting_version',
      new TableColumn(c.integer('approval_id', { isNullable: true })),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('targeting_version', 'approval_id');
    for (const table of ['targeting_sketch', 'approval_reviewer', 'approval_record'])
      await runner.dropTable(table);
  }
}

async function createRecords(c: Columns): Promise<void> {
  await c.createTable(
    'approval_record',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.integer('environment_id'),
      c.integer('toggle_id'),
      c.integer('targeting_id'),
      c.text('status', 16),
      c.text('title', 1024, { isNullable: true }),
      c.text('comment', 1024, { isNullable: true }),
      c.longText('reviewers'),
      c.text('approved_by', 128, { isNullable: true }),
      ...c.audit(),
    ],
    [
      { name: 'ix_approval_record_targeting', columns: ['targeting_id'] },
      { name: 'ix_approval_record_status', columns: ['organization_id', 'status'] },
      { name: 'ix_approval_record_submitter', columns: ['organization_id', 'created_by'] },
    ],
  );
  await c.createTable(
    'approval_reviewer',
    [c.integer('approval_id', { isPrimary: true }), c.keyText('account', 128, { isPrimary: true })],
    [{ name: 'ix_approval_reviewer_account', columns: ['account'] }],
  );
}

async function createSketches(c: Columns): Promise<void> {
  await c.createTable(
    'targeting_sketch',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('environment_id'),
      c.integer('targeting_id'),
      c.integer('approval_id'),
      c.integer('old_version'),
      c.longText('content'),
      c.flag('disabled'),
      c.text('comment', 1024, { isNullable: true }),
      c.text('status', 16),
      ...c.audit(),
    ],
    [
      { name: 'uq_targeting_sketch_approval', columns: ['approval_id'], unique: true },
      { name: 'ix_targeting_sketch_targeting', columns: ['targeting_id', 'status'] },
      { name: 'ix_targeting_sketch_environment', columns: ['environment_id', 'status'] },
    ],
  );
}
