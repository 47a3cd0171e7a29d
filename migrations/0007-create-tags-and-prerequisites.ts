import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { Columns } from './columns.js';

/** Contents read at once; each may be 1 MiB long. */
const BATCH = 50;

/** Indexes that keep the list of toggles quick: rows of these tables are long, so what a filter asks of them is in the index. */
const INDEXES = {
  toggle: [
    { name: 'ix_toggle_permanent', columnNames: ['project_id', 'archived', 'permanent', 'created_at'] },
    { name: 'ix_toggle_author', columnNames: ['project_id', 'archived', 'created_by', 'modified_by'] },
  ],
  targeting: [
    { name: 'ix_targeting_state', columnNames: ['environment_id', 'disabled', 'status', 'toggle_id'] },
    { name: 'ix_targeting_editor', columnNames: ['environment_id', 'modified_by', 'toggle_id'] },
  ],
  targeting_version: [{ name: 'ix_targeting_version_author', columnNames: ['targeting_id', 'created_by'] }],
};

export class CreateTagsAndPrerequisites1795000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const c = new Columns(runner);
    await createTags(c);
    await createPrerequisites(c);
    await referToPrerequisites(runner);
    for (const [table, indexes] of Object.entries(INDEXES)) {
      for (const index of indexes) await runner.createIndex(table, new TableIndex(index));
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, indexes] of Object.entries(INDEXES)) {
      for (const { name } of indexes) await runner.dropIndex(table, name);
    }
    for (const table of ['prerequisite', 'attribute', 'toggle_tag', 'tag']) await runner.dropTable(table);
  }
}

async function createTags(c: Columns): Promise<void> {
  const ofProject = [c.id(), c.integer('organization_id'), c.integer('project_id')];
  const made = [c.instant('created_at'), c.text('created_by', 128)];
  await c.createTable(
    'tag',
    [...ofProject, c.keyText('name', 256), ...made],
    [{ name: 'uq_tag_name', columns: ['project_id', 'name'], unique: true }],
  );
  await c.createTable(
    'toggle_tag',
    [c.integer('toggle_id', { isPrimary: true }), c.integer('tag_id', { isPrimary: true })],
    [{ name: 'ix_toggle_tag_tag', columns: ['tag_id'] }],
  );
  await c.createTable(
    'attribute',
    [...ofProject, c.keyText('key', 256), ...made],
    [{ name: 'uq_attribute_key', columns: ['project_id', 'key'], unique: true }],
  );
}

async function createPrerequisites(c: Columns): Promise<void> {
  await c.createTable(
    'prerequisite',
    [
      c.integer('targeting_id', { isPrimary: true }),
      c.integer('parent_toggle_id', { isPrimary: true }),
      c.integer('environment_id'),
      c.integer('toggle_id'),
      c.longText('dependent_value'),
    ],
    [{ name: 'ix_prerequisite_parent', columns: ['environment_id', 'parent_toggle_id', 'toggle_id'] }],
  );
}

interface Targeting {
  readonly id: number;
  readonly content: string;
}

/** Adds the rows of the prerequisites that were published before there was a table of them. */
export async function referToPrerequisites(runner: QueryRunner): Promise<void> {
  for (let after = 0; ;) {
    const targetings = (await runner.query(
      `SELECT id, content FROM targeting WHERE id > ? AND content LIKE ? ORDER BY id LIMIT ${BATCH}`,
      [after, '%"prerequisites":[{%'],
    )) as Targeting[];
    for (const targeting of targetings) await addRows(runner, targeting);
    const last = targetings.at(-1);
    if (!last) return;
    after = last.id;
  }
}

async function addRows(runner: QueryRunner, { id, content }: Targeting): Promise<void> {
  const { prerequisites } = JSON.parse(content) as { prerequisites?: { key: string; value: string }[] };
  for (const { key, value } of prerequisites ?? []) {
    await runner.query(
      `INSERT INTO prerequisite (targeting_id, parent_toggle_id, environment_id, toggle_id, dependent_value)
       SELECT targeting.id, parent.id, targeting.environment_id, targeting.toggle_id, ?
       FROM targeting JOIN toggle parent ON parent.project_id = targeting.project_id
       WHERE targeting.id = ? AND parent.${runner.dataSource.driver.escape('key')} = ?`,
      [value, id, key],
    );
  }
}
