import { Log } from '../log/logger.js';
import type { DataSource } from 'typeorm';

/** Longest wait for another process that is migrating, in seconds. */
const LOCK_WAIT_SECONDS = 300;

/**
 * Brings the schema up to this version of the code. Several processes may start at once: one migrates, the others wait.
 * @throws Error when the database was migrated by a newer version, which this code could damage.
 */
export async function migrate(dataSource: DataSource, log: Log): Promise<void> {
  await withMigrationLock(dataSource, async () => {
    await refuseNewerSchema(dataSource);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    for (const migration of done) log.info({ migration: migration.name }, 'migration applied');
  });
}

async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return;
    const rows = (await runner.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    const known = new Set(
      dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name),
    );
    const unknown = rows.map((row) => row.name).filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new Error(
        `The database was migrated by a newer Flagpost (${unknown.join(', ')}); use that version or newer.`,
      );
    }
  } finally {
    await runner.release();
  }
}

async function withMigrationLock(dataSource: DataSource, work: () => Promise<void>): Promise<void> {
  if (dataSource.options.type === 'better-sqlite3') return work(); // one process, see SqliteFileLock
  const runner = dataSource.createQueryRunner();
  const name = `flagpost_migrate_${String(dataSource.options.database)}`.slice(0, 64);
  try {
    const [row] = (await runner.query('SELECT GET_LOCK(?, ?) AS got', [name, LOCK_WAIT_SECONDS])) as {
      got: unknown;
    }[];
    if (Number(row?.got) !== 1)
      throw new Error('Another process has been migrating the database for too long');
    try {
      await work();
    } finally {
      // The lock belongs to the connection, which goes back to the pool and would hold it on.
      await runner.query('SELECT RELEASE_LOCK(?)', [name]);
    }
  } finally {
    await runner.release();
  }
}
