import mysql, { type Pool, type PoolOptions } from 'mysql2';
import { createConnection, type Connection } from 'mysql2/promise';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseSettings } from '../config/index.js';

type MysqlSettings = Extract<DatabaseSettings, { kind: 'mysql' }>;

/** How many connections one process opens to MySQL. */
const MYSQL_POOL_SIZE = 16;

/** How long a statement on SQLite waits for the file, in milliseconds. With one process it never should. */
const SQLITE_BUSY_MS = 5_000;

/** Connection options for the settings at hand, without entities and migrations. */
export async function connectionOptions(settings: DatabaseSettings): Promise<DataSourceOptions> {
  return settings.kind === 'sqlite' ? sqliteOptions(settings.file) : mysqlOptions(settings);
}

function sqliteOptions(file: string): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: file,
    timeout: SQLITE_BUSY_MS,
    enableWAL: true,
    statementCacheSize: 500,
    prepareDatabase: (connection: { pragma(text: string): unknown }) => {
      // FULL syncs the log at every commit: a change that was answered outlives a power cut, not only a killed process.
      connection.pragma('synchronous = FULL');
      connection.pragma('cache_size = -24000');
    },
  };
}

/** The same file for reading: sees committed rows only, and can't write by mistake. */
export function readerOptions(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'better-sqlite3') return options;
  return {
    ...options,
    enableWAL: false,
    readonly: true,
    migrationsRun: false,
    prepareDatabase: () => undefined,
  };
}

async function mysqlOptions(settings: MysqlSettings): Promise<DataSourceOptions> {
  const version = await prepareMysql(settings);
  return {
    // TypeORM compares schemas by the flavour's own rules: named wrongly, it sees differences that are none.
    type: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    host: settings.host,
    port: settings.port,
    username: settings.user,
    password: settings.password,
    database: settings.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    poolSize: MYSQL_POOL_SIZE,
    supportBigNumbers: true,
    bigNumberStrings: false,
    // A stack for each statement, taken in case it fails: a tenth of a change's CPU, and TypeORM's error has one of its own.
    trace: false,
    driver: { ...mysql, createPool: createReadCommittedPool },
  };
}

/**
 * A pool whose connections read what is committed, at each statement anew: said once a connection, before anything else is asked of
 * it, in place of once a transaction.
 */
function createReadCommittedPool(options: PoolOptions): Pool {
  const pool = mysql.createPool(options);
  pool.on('connection', (connection) => {
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (error) => {
      if (error) connection.destroy();
    });
  });
  return pool;
}

/** Makes the database where it is missing and the account may do so; answers the server's version. */
async function prepareMysql(settings: MysqlSettings): Promise<string> {
  const { host, port, user, password, database } = settings;
  const connection = await createConnection({ host, port, user, password });
  try {
    await createDatabase(connection, database);
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return String((rows as { version: string }[])[0]?.version);
  } finally {
    await connection.end();
  }
}

async function createDatabase(connection: Connection, database: string): Promise<void> {
  const [found] = await connection.query('SHOW DATABASES LIKE ?', [database.replace(/[\\%_]/g, '\\$&')]);
  if ((found as unknown[]).length > 0) return;
  await connection.query(
    `CREATE DATABASE IF NOT EXISTS ${connection.escapeId(database)} CHARACTER SET utf8mb4`,
  );
}

/** Makes a data source, not yet connected. All of Flagpost's are made here. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  if (options.type !== 'better-sqlite3') useMysqlTypes(dataSource);
  return dataSource;
}

/** What types named in entities are called on MySQL. */
const MYSQL_TYPES: Readonly<Record<string, string>> = {
  // Without a practical limit, as on SQLite; MySQL's own `text` ends at 64 KiB.
  text: 'longtext',
  character: 'char',
};

/** Lets entities name one type for both databases. The migrations make the same of it; without this the schema would seem to drift. */
function useMysqlTypes({ driver }: DataSource): void {
  const normalize = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => {
    const type = normalize(column);
    return MYSQL_TYPES[type] ?? type;
  };
}

/** Opens a data source of its own, for commands and tests that run without the application. */
export async function openDataSource(
  settings: DatabaseSettings,
  extra: Partial<Pick<DataSourceOptions, 'entities' | 'migrations'>>,
): Promise<DataSource> {
  const options = await connectionOptions(settings);
  return createDataSource({
    ...options,
    ...extra,
    migrationsTransactionMode: 'each',
  } as DataSourceOptions).initialize();
}
