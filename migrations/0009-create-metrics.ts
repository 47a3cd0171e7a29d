import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Columns } from './columns.js';

export class CreateMetrics1795000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await createMetrics(c);
    await c.createTable('event_tracker', [
      c.integer('environment_id', { isPrimary: true }),
      c.instant('debug_until'),
    ]);
    await c.createTable('sdk_key_version', [c.integer('id', { isPrimary: true }), c.bigint('value')]);
    // The one row there is: readers count from 1, and changes only ever add to it.
    await runner.query('INSERT INTO sdk_key_version (id, value) VALUES (1, 1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['sdk_key_version', 'event_tracker', 'metric_iteration', 'metric'])
      await runner.dropTable(table);
  }
}

async function createMetrics(c: Columns): Promise<void> {
  await c.createTable(
    'metric',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('targeting_id'),
      c.text('name', 256),
      c.text('description', 1024),
      c.text('unit', 64),
      c.text('metric_type', 16),
      c.text('event_type', 16),
      c.text('denominator', 16),
      c.text('win_criteria', 16, { isNullable: true }),
      c.text('event_name', 256),
      c.text('matcher', 16, { isNullable: true }),
      c.text('url', 2048, { isNullable: true }),
      c.text('selector', 1024, { isNullable: true }),
      ...c.audit(),
    ],
    [{ name: 'uq_metric_targeting', columns: ['targeting_id'], unique: true }],
  );
  await c.createTable(
    'metric_iteration',
    [
      c.id(),
      c.integer('organization_id'),
      c.integer('targeting_id'),
      c.instant('started_at'),
      c.instant('stopped_at', { isNullable: true }),
    ],
    [{ name: 'ix_metric_iteration_targeting', columns: ['targeting_id', 'started_at'] }],
  );
}
