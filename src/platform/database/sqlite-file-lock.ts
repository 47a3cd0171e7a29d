import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/**
 * Holds a database file for one process. Two processes on one SQLite file lose transactions to SQLITE_BUSY, so the second
 * is refused at its start. The lock is an exclusive transaction on a side file: the operating system drops it with the
 * process, however that ends, so nothing stale is left behind by a crash.
 */
export class SqliteFileLock {
  private constructor(private readonly connection: BetterSqlite3.Database) {}

  /** @throws Error naming the file when another process holds it. */
  static acquire(databaseFile: string): SqliteFileLock {
    mkdirSync(dirname(databaseFile), { recursive: true });
    const connection = new BetterSqlite3(`${databaseFile}.lock`, { timeout: 0 });
    try {
      connection.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      connection.close();
      throw new Error(
        `The database file ${databaseFile} is in use by another Flagpost process. SQLite serves one process at a time; ` +
          'stop the other one, or use MySQL through DATABASE_URL.',
        { cause: error },
      );
    }
    return new SqliteFileLock(connection);
  }

  release(): void {
    this.connection.close();
  }
}
