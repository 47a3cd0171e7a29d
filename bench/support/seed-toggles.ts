import type { DataSource } from 'typeorm';
import { loadSettings } from '../../src/platform/config/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import type { BenchDatabase } from './databases.js';

/** Rows in one statement; databases limit how many values it may have. */
const BATCH = 500;

/** Columns every audited table ends with: who and when. */
const STAMPS = 'created_at, created_by, modified_at, modified_by';

const VARIATIONS = '[{"value":"false","name":"off"},{"value":"true","name":"on"}]';

/** As long as the content of a toggle with a few rules is. */
const CONTENT = JSON.stringify({
  rules: Array.from({ length: 5 }, (_, index) => ({
    name: `rule ${index}`,
    conditions: [
      {
        type: 'string',
        subject: 'city',
        predicate: 'is one of',
        objects: ['Paris', 'Lyon', 'Nice', 'Lille'],
      },
    ],
    serve: { select: 1 },
  })),
  disabledServe: { select: 0 },
  defaultServe: { select: 1 },
  variations: JSON.parse(VARIATIONS) as unknown,
  prerequisites: [],
});

/**
 * Gives a project, whose environments and ten tags are there, toggles with a targeting in each environment: half of them the
 * first account's, a third enabled, each tag on a tenth. Straight into the tables, while the server has nothing to do.
 */
export async function seedToggles(database: BenchDatabase, projectKey: string, count: number): Promise<void> {
  const settings = loadSettings({
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  const dataSource = await openDataSource(settings.database, {});
  try {
    const key = dataSource.driver.escape('key');
    const [project] = (await dataSource.query(`SELECT id FROM project WHERE ${key} = ?`, [projectKey])) as {
      id: number;
    }[];
    if (!project) throw new Error(`No project ${projectKey}`);
    await insertToggles(dataSource, project.id, count);
    await insertStates(dataSource, project.id);
  } finally {
    await dataSource.destroy();
  }
}

async function insertToggles(dataSource: DataSource, projectId: number, count: number): Promise<void> {
  const key = dataSource.driver.escape('key');
  for (let start = 0; start < count; start += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - start) }, (_, offset) => start + offset);
    const rows = indexes.map((index) => {
      const by = index % 2 === 0 ? 'Admin' : 'somebody';
      const at = 1_790_000_000_000 + index;
      const text = `Sends a part of the users to checkout _${index}; made for a measurement.`;
      return [
        projectId,
        `toggle_${index}`,
        `Toggle ${index}`,
        text,
        VARIATIONS,
        index % 4 === 0 ? 1 : 0,
        at,
        by,
        at,
        by,
      ];
    });
    await dataSource.query(
      `INSERT INTO toggle (organization_id, return_type, disabled_serve, client_availability, archived,
         project_id, ${key}, name, description, variations, permanent, ${STAMPS})
       VALUES ${rows.map(() => "(1, 'boolean', 0, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(', ')}`,
      rows.flat(),
    );
  }
}

async function insertStates(dataSource: DataSource, projectId: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO targeting (organization_id, project_id, environment_id, toggle_id, version, disabled, content, status,
       published_at, track_access_events, ${STAMPS})
     SELECT 1, toggle.project_id, environment.id, toggle.id, 1, CASE WHEN toggle.id % 3 = 0 THEN 0 ELSE 1 END, ?, 'RELEASE',
       toggle.created_at, 0, toggle.created_at, toggle.created_by, toggle.modified_at, toggle.modified_by
     FROM toggle JOIN environment ON environment.project_id = toggle.project_id WHERE toggle.project_id = ?`,
    [CONTENT, projectId],
  );
  await dataSource.query(
    `INSERT INTO targeting_version
       (organization_id, targeting_id, version, comment, content, disabled, created_at, created_by)
     SELECT 1, id, version, '', content, disabled, created_at, created_by FROM targeting WHERE project_id = ?`,
    [projectId],
  );
  await dataSource.query(
    `INSERT INTO toggle_tag (toggle_id, tag_id)
     SELECT toggle.id, tag.id FROM toggle JOIN tag ON tag.project_id = toggle.project_id
     WHERE toggle.project_id = ? AND tag.id % 10 = toggle.id % 10`,
    [projectId],
  );
}
