import { expect, describe, it } from 'vitest';
import { CreateApprovals1795000000006 } from '../../migrations/0006-create-approvals.js';
import { migrations } from '../../migrations/index.js';
import { loadSettings } from '../../src/platform/config/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import { createTestDatabase, DATABASES } from '../support/databases.js';

describe.each(DATABASES)('the migration for approvals on %s', (kind) => {
  it('keeps the versions there were, up and down', async () => {
    const database = await createTestDatabase(kind);
    const { database: settings } = loadSettings({
      DATABASE_URL: database.url,
      MASTER_KEY: Buffer.alloc(32, 3).toString('base64'),
    });
    const earlier = migrations.slice(0, migrations.indexOf(CreateApprovals1795000000006));
    const dataSource = await openDataSource(settings, { entities: [], migrations: [...earlier] });
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      const versions = (): Promise<object[]> => dataSource.query('SELECT * FROM targeting_version');
      await dataSource.query(
        `INSERT INTO targeting_version
           (organization_id, targeting_id, version, comment, content, disabled, created_at, created_by)
         VALUES (1, 2, 3, 'go live', '{}', 0, 1795313730123, 'Admin')`,
      );
      const before = await versions();
      const runner = dataSource.createQueryRunner();
      const migration = new CreateApprovals1795000000006();
      await migration.up(runner);
      expect(await versions()).toEqual(before.map((row) => ({ ...row, approval_id: null })));
      // Its indexes are still there.
      await expect(
        dataSource.query(
          `INSERT INTO targeting_version (organization_id, targeting_id, version, content, disabled, created_at, created_by)
           VALUES (1, 2, 3, '{}', 0, 1, 'x')`,
        ),
      ).rejects.toThrow();
      await migration.down(runner);
      expect(await versions()).toEqual(before);
      await runner.release();
    } finally {
      await dataSource.destroy();
      await database.remove();
    }
  });
});
