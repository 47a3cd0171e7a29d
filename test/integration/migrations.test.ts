import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import { loadSettings } from '../../src/platform/config/index.js';
import { DATABASES, createTestDatabase } from '../support/databases.js';

describe.each(DATABASES)('drift %s', (kind) => {
  it('x', async () => {
    const db = await createTestDatabase(kind);
    const entities = [];
    for (const f of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.entity.ts'))) {
      entities.push(...Object.values(await import(`../../src/${f}`)));
    }
    const settings = loadSettings({ DATABASE_URL: db.url, MASTER_KEY: Buffer.alloc(32).toString('base64') });
    const ds = await openDataSource(settings.database, { entities: entities as any, migrations: [...migrations] });
    await ds.runMigrations();
    const log = await ds.driver.createSchemaBuilder().log();
    console.log(kind, log.upQueries.map((q) => q.query));
    await ds.destroy();
    await db.remove();
  });
});
