import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateFlags1795000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await createProjects(c);
    await createSegments(c);
    await createToggles(c);
    await createTargetings(c);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'targeting_segment',
      'targeting_version',
      'targeting',
      'toggle',
      'segment_version',
      'segment',
      'environment',
      'project',
    ];
    for (const table of tables) await runner.dropTable(table);
  }
}

async function createProjects(c: Columns): Promise<void> {
  await c.createTable(
    'project',
    [
      c.id(),
      c.integer('organization_id'),
      c.keyText('key', 128),
      c.keyText('name', 256),
      c.text('description', 1024),
      c.flag('archived'),
      ...c.audit(),
    ],
    [
      { name: 'uq_project_key', columns: ['organization_id', 'key'], unique: true },
      { name: 'uq_project_name', columns: ['organization_id', 'name'], unique: true },
    ],
  );
  await c.createTable(
    'environment',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.keyText('key', 128),
      c.keyText('name', 128),
      c.text('server_sdk_key', 64),
      c.text('client_sdk_key', 64),
      c.bigint('version'),
      c.flag('enable_approval'),
      c.longText('reviewers'),
      c.flag('archived'),
      ...c.audit(),
    ],
    [
      { name: 'uq_environment_key', columns: ['project_id', 'key'], unique: true },
      { name: 'uq_environment_name', columns: ['project_id', 'name'], unique: true },
      { name: 'uq_environment_server_sdk_key', columns: ['server_sdk_key'], unique: true },
      { name: 'uq_environment_client_sdk_key', columns: ['client_sdk_key'], unique: true },
    ],
  );
}

async function createSegments(c: Columns): Promise<void> {
  await c.createTable(
    'segment',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.keyText('key', 128),
      c.keyText('name', 256),
      c.text('description', 1024),
      c.longText('rules'),
      c.integer('version'),
      c.flag('deleted'),
      ...c.audit(),
    ],
    [
      { name: 'uq_segment_key', columns: ['project_id', 'key'], unique: true },
      { name: 'ix_segment_name', columns: ['project_id', 'name'] },
    ],
  );
  await c.createTable(
    'segment_version',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('segment_id'),
      c.integer('version'),
      c.text('comment', 1024, { isNullable: true }),
      c.longText('rules'),
      c.instant('created_at'),
      c.text('created_by', 128),
    ],
    [{ name: 'uq_segment_version', columns: ['segment_id', 'version'], unique: true }],
  );
}

async function createToggles(c: Columns): Promise<void> {
  await c.createTable(
    'toggle',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.keyText('key', 128),
      c.keyText('name', 128),
      c.longText('description'),
      c.text('return_type', 10),
      c.integer('disabled_serve'),
      c.longText('variations'),
      c.flag('client_availability'),
      c.flag('permanent'),
      c.flag('archived'),
      ...c.audit(),
    ],
    [
      { name: 'uq_toggle_key', columns: ['project_id', 'key'], unique: true },
      { name: 'uq_toggle_name', columns: ['project_id', 'name'], unique: true },
      { name: 'ix_toggle_newest', columns: ['project_id', 'archived', 'created_at'] },
    ],
  );
}

async function createTargetings(c: Columns): Promise<void> {
  await c.createTable(
    'targeting',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('project_id'),
      c.integer('environment_id'),
      c.integer('toggle_id'),
      c.integer('version'),
      c.flag('disabled'),
      c.longText('content'),
      c.text('status', 24),
      c.instant('published_at'),
      c.flag('track_access_events'),
      ...c.audit(),
    ],
    [
      { name: 'uq_targeting', columns: ['environment_id', 'toggle_id'], unique: true },
      { name: 'ix_targeting_toggle', columns: ['toggle_id'] },
    ],
  );
  await c.createTable(
    'targeting_version',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('targeting_id'),
      c.integer('version'),
      c.text('comment', 1024, { isNullable: true }),
      c.longText('content'),
      c.flag('disabled'),
      c.instant('created_at'),
      c.text('created_by', 128),
    ],
    [{ name: 'uq_targeting_version', columns: ['targeting_id', 'version'], unique: true }],
  );
  await c.createTable(
    'targeting_segment',
    [c.integer('targeting_id', { isPrimary: true }), c.integer('segment_id', { isPrimary: true })],
    [{ name: 'ix_targeting_segment_segment', columns: ['segment_id'] }],
  );
}
