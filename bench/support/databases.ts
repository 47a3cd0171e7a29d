import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

export type DatabaseKind = 'sqlite' | 'mysql';

/** An empty database that is removed after the measurement. */
export interface BenchDatabase {
  readonly kind: DatabaseKind;
  /** Value for DATABASE_URL. */
  readonly url: string;
  remove(): Promise<void>;
}

export async function createDatabase(kind: DatabaseKind): Promise<BenchDatabase> {
  return kind === 'sqlite' ? createSqlite() : createMysql();
}

async function createSqlite(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'flagpost-bench-'));
  return {
    kind: 'sqlite',
    url: `sqlite:${join(folder, 'flagpost.db')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The server makes the database itself at its start. */
async function createMysql(): Promise<BenchDatabase> {
  const server = process.env['BENCH_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306';
  const name = `flagpost_bench_${randomBytes(6).toString('hex')}`;
  return {
    kind: 'mysql',
    url: `${server}/${name}`,
    remove: async () => {
      const connection = await createConnection(server);
      await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await connection.end();
    },
  };
}
