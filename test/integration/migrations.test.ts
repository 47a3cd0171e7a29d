import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { loadSettings, type Settings } from '../../src/platform/config/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { SqliteFileLock } from '../../src/platform/database/sqlite-file-lock.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { start } from '../../src/start.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
const log = new Log(createRootLogger('silent'));

/** Every entity there is, whether a module has it yet or not. */
async function allEntities(): Promise<(new () => object)[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  const modules = await Promise.all(
    files
      .filter((file) => file.endsWith('.entity.ts'))
      .map((file) => import(/* @vite-ignore */ pathToFileURL(join(SOURCE, file)).href)),
  );
  return modules.flatMap((module) => Object.values(module as Record<string, new () => object>));
}

function settingsOf(database: TestDatabase, more: Record<string, string> = {}): Settings {
  return loadSettings({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 3).toString('base64'),
    ADMIN_PASSWORD: 'Test1234',
    LOG_LEVEL: 'silent',
    ...more,
  });
}

describe.each(DATABASES)('migrations on %s', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    dataSource = await openDataSource(settingsOf(database).database, {
      entities: await allEntities(),
      migrations: [...migrations],
    });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.remove();
  });

  /** What would have to be changed to make the tables as the entities say. */
  async function drift(): Promise<string[]> {
    const log = await dataSource.driver.createSchemaBuilder().log();
    return log.upQueries.map(({ query }) => query);
  }

  async function tables(): Promise<string[]> {
    const query = kind === 'mysql' ? 'SHOW TABLES' : "SELECT name FROM sqlite_master WHERE type = 'table'";
    const rows = (await dataSource.query(query)) as Record<string, string>[];
    return rows
      .map((row) => Object.values(row)[0] ?? '')
      .filter((name) => name !== 'migrations' && !name.startsWith('sqlite_'));
  }

  it('make the schema that the entities describe, down again to nothing, and up once more', async () => {
    await migrate(dataSource, log);
    expect(await drift()).toEqual([]);
    const made = await tables();
    expect(made).toEqual(
      expect.arrayContaining(dataSource.entityMetadatas.map(({ tableName }) => tableName)),
    );
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    expect(await tables()).toEqual([]);
    await migrate(dataSource, log);
    expect(await drift()).toEqual([]);
    expect(new Set(await tables())).toEqual(new Set(made));
  });

  it('run once: a second start has nothing to do', async () => {
    await migrate(dataSource, log);
    expect(await dataSource.runMigrations({ transaction: 'each' })).toEqual([]);
    await migrate(dataSource, log);
  });

  it('are in the order of their numbers', () => {
    const names = migrations.map(({ name }) => name);
    const numbers = names.map((name) => Number(/\d{13}$/.exec(name)?.[0]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(names.length);
  });

  it('refuse a database that newer code migrated, and leave it alone', async () => {
    await migrate(dataSource, log);
    await dataSource.query(
      "INSERT INTO migrations (timestamp, name) VALUES (1899000000000, 'Later1899000000000')",
    );
    await expect(migrate(dataSource, log)).rejects.toThrow(
      'The database was migrated by a newer Flagpost (Later1899000000000)',
    );
    await expect(start(settingsOf(database))).rejects.toThrow('newer Flagpost');
  });

  it('compare keys and names without regard to case, and hold long text', async () => {
    await migrate(dataSource, log);
    const projects = dataSource.getRepository('project');
    const stamps = { createdAt: 1, createdBy: 'x', modifiedAt: 1, modifiedBy: 'x' };
    const row = { organizationId: 1, key: 'Shop', name: 'Shop', description: '', archived: false, ...stamps };
    await projects.insert(row);
    expect(await projects.existsBy({ key: 'sHOP' })).toBe(true);
    await expect(projects.insert({ ...row, key: 'SHOP', name: 'other' })).rejects.toThrow();
    await expect(projects.insert({ ...row, key: 'other', name: 'shop' })).rejects.toThrow();
    const text = '界🚩'.repeat(100_000);
    const event = { id: 'e', organizationId: 1, sequence: 1, timestamp: 1, operator: 'x', data: text };
    await dataSource.getRepository('event').insert({ ...event, resource: 'PROJECT', action: 'CREATE' });
    expect(await dataSource.getRepository('event').findOneBy({ id: 'e' })).toMatchObject({ data: text });
  });

  if (kind === 'mysql') {
    it('let one of several processes migrate while the others wait', async () => {
      const open = () => openDataSource(settingsOf(database).database, { migrations: [...migrations] });
      const others = await Promise.all([open(), open(), open()]);
      try {
        await Promise.all(others.map((other) => migrate(other, log)));
        expect(await drift()).toEqual([]);
        const [row] = await dataSource.query('SELECT COUNT(*) AS count FROM migrations');
        expect(Number(row.count)).toBe(migrations.length);
      } finally {
        await Promise.all(others.map((other) => other.destroy()));
      }
    });
  }
});

describe('a SQLite file', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('sqlite');
  });
  afterEach(() => database.remove());

  const fileOf = (): string => database.url.slice('sqlite:'.length);

  it('serves one Flagpost: a second is refused with a clear message, and the first works on', async () => {
    const first = await start(settingsOf(database));
    try {
      await expect(start(settingsOf(database))).rejects.toThrow(
        `The database file ${fileOf()} is in use by another Flagpost process`,
      );
      const { statusCode } = await first.inject({ method: 'GET', url: '/actuator/health' });
      expect(statusCode).toBe(200);
    } finally {
      await first.close();
    }
    await (await start(settingsOf(database))).close();
  });

  it('is free again at once when the process that held it was killed', async () => {
    const hold = `
      const connection = new (require('better-sqlite3'))(process.argv[1]);
      connection.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', hold, `${fileOf()}.lock`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      expect(() => SqliteFileLock.acquire(fileOf())).toThrow('in use by another Flagpost process');
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    SqliteFileLock.acquire(fileOf()).release();
  });
});
