/**
 * Loaded into the server's process before it (`--import`): counts SQL statements and commits, and answers with these and
 * with what the process used, when asked over IPC. One addition per statement: it doesn't distort.
 */
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import type { ServerUsage } from './server.js';

let statements = 0;
let commits = 0;

function count(prototype: { query(sql: string, ...rest: unknown[]): unknown }): void {
  const original = prototype.query;
  prototype.query = function counted(sql: string, ...rest: unknown[]): unknown {
    statements += 1;
    if (sql === 'COMMIT') commits += 1;
    return original.call(this, sql, ...rest);
  };
}

count(BetterSqlite3QueryRunner.prototype as never);
count(MysqlQueryRunner.prototype as never);

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const usage: ServerUsage = {
    statements,
    commits,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
    memoryMb: rss / 2 ** 20,
    heapMb: heapUsed / 2 ** 20,
    cpuMs: (user + system) / 1000,
  };
  process.send?.(usage);
});

// Whoever measures is gone, however that came about: nobody else would stop this process.
process.on('disconnect', () => process.exit(1));
