import type { DataSource } from 'typeorm';

/**
 * What the database at hand can do. Code asks for a capability, never for a database's name, so that a further database is
 * one more entry here.
 */
export interface Dialect {
  /** All transactions share one connection, so that units of work have to queue (SQLite). */
  readonly sharesOneConnection: boolean;
  /** Rows can be locked by reading them: `SELECT … FOR UPDATE`, also `SKIP LOCKED`. */
  readonly locksRows: boolean;
  /** Several processes may use the database at once. */
  readonly servesManyProcesses: boolean;
  /** Searching text through its collation's rules takes several times as long as lower-casing it and comparing bytes. */
  readonly comparesBytesFaster: boolean;
  /** The driver keeps statements compiled, found again by their text: few different texts save much. */
  readonly keepsStatements: boolean;
  /** What stands behind a table's alias so that it is read through this index, where the database might choose worse. */
  readThrough(index: string): string;
  /** What makes an INSERT write these columns of rows that are there already, told by their key. */
  upsert(key: readonly string[], columns: readonly string[]): string;
  /** The statement that adds one to a counter and tells its new value; a counter that is not there yet begins with 1. */
  increment(counter: Counter): Increment;
}

/** Where a counter stands: the only other column, the key, is the statement's one parameter. */
export interface Counter {
  readonly table: string;
  readonly key: string;
  readonly value: string;
}

export interface Increment {
  readonly sql: string;
  /** The counter's value, out of what the driver answers. */
  readonly valueIn: (answer: unknown) => number;
}

const SQLITE: Dialect = {
  sharesOneConnection: true,
  locksRows: false,
  servesManyProcesses: false,
  comparesBytesFaster: false,
  keepsStatements: true,
  readThrough: () => '',
  upsert: (key, columns) =>
    `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  increment: ({ table, key, value }) => ({
    sql: `INSERT INTO ${table} (${key}, ${value}) VALUES (?, 1)
          ON CONFLICT (${key}) DO UPDATE SET ${value} = ${value} + 1 RETURNING ${value} AS value`,
    valueIn: (answer) => (answer as [{ value: number }])[0].value,
  }),
};
const MYSQL: Dialect = {
  sharesOneConnection: false,
  locksRows: true,
  servesManyProcesses: true,
  comparesBytesFaster: true,
  keepsStatements: false,
  readThrough: (index) => `FORCE INDEX (${index})`,
  upsert: (_key, columns) =>
    `ON DUPLICATE KEY UPDATE ${columns.map((name) => `${name} = VALUES(${name})`).join(', ')}`,
  // What is given to LAST_INSERT_ID comes back with the statement's own answer: no second one has to ask.
  increment: ({ table, key, value }) => ({
    sql: `INSERT INTO ${table} (${key}, ${value}) VALUES (?, LAST_INSERT_ID(1))
          ON DUPLICATE KEY UPDATE ${value} = LAST_INSERT_ID(${value} + 1)`,
    valueIn: (answer) => Number((answer as { insertId: number }).insertId),
  }),
};

/** The capabilities of the database behind a data source. */
export function dialectOf(dataSource: DataSource): Dialect {
  return dataSource.options.type === 'better-sqlite3' ? SQLITE : MYSQL;
}

/** SQLite constraint failures and MySQL's duplicate entry, as they arrive on TypeORM's QueryFailedError. */
const UNIQUE_VIOLATIONS = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'ER_DUP_ENTRY',
]);

/** MySQL: deadlock found; lock wait timed out. The whole unit of work can be tried again. */
const TRANSIENT_CONFLICTS = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

/** The connection can't be made or broke, or the server is starting or stopping. */
const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
]);

/** No room for what a statement writes, on the disk or in a table's file. */
const FULL = new Set(['SQLITE_FULL', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL']);

/** Whether a statement failed because the database is out of reach. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return UNAVAILABLE.has(codeOf(error));
}

/** Whether a statement failed because the database's disk is full. */
export function isDatabaseFull(error: unknown): boolean {
  return FULL.has(codeOf(error));
}

/** Whether a statement failed because a row with the same unique values exists. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE_VIOLATIONS.has(codeOf(error));
}

/** Whether a unit of work lost a race for locks, and would likely succeed when run again. */
export function isTransientConflict(error: unknown): boolean {
  return TRANSIENT_CONFLICTS.has(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
