import BetterSqlite3 from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { BenchDatabase } from './databases.js';

/** Rows by table. */
export type RowCounts = ReadonlyMap<string, number>;

/** Tables that are meant to grow with what happens: the audit log, the versions of a toggle, what was sent and how it went. */
const HISTORY = /^(event|message|.*delivery.*|.*attempt.*|.*_version)$/;

/** The rows of every table, whatever tables there are. The only place that looks into the database of a running server. */
export function rowCounts(database: BenchDatabase): Promise<RowCounts> {
  return database.kind === 'sqlite' ? sqliteCounts(database.url) : mysqlCounts(database.url);
}

/** Tables beside the history with more rows than before, as `table: before → after`. */
export function grownTables(before: RowCounts, after: RowCounts): string[] {
  return [...after]
    .filter(([table, rows]) => !HISTORY.test(table) && rows > (before.get(table) ?? 0))
    .map(([table, rows]) => `${table}: ${before.get(table) ?? 0} → ${rows}`);
}

/** How many rows the history has. */
export function historyRows(counts: RowCounts): number {
  return [...counts].reduce((sum, [table, rows]) => sum + (HISTORY.test(table) ? rows : 0), 0);
}

async function sqliteCounts(url: string): Promise<RowCounts> {
  const connection = new BetterSqlite3(url.slice('sqlite:'.length), { readonly: true, timeout: 5_000 });
  try {
    const tables = connection
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all() as string[];
    const count = (table: string): number =>
      connection.prepare(`SELECT COUNT(*) FROM "${table}"`).pluck().get() as number;
    return new Map(tables.map((table) => [table, count(table)]));
  } finally {
    connection.close();
  }
}

async function mysqlCounts(url: string): Promise<RowCounts> {
  const connection = await createConnection(url);
  try {
    const counts = new Map<string, number>();
    const [tables] = await connection.query<RowDataPacket[]>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
    );
    for (const { name } of tables) {
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM \`${name}\``);
      counts.set(String(name), Number(rows[0]?.['n']));
    }
    return counts;
  } finally {
    await connection.end();
  }
}
