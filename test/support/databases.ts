import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

export type DatabaseKind = 'sqlite' | 'mysql';

/** The databases this run tests against, as the global set-up found them. */
export const DATABASES = (process.env['FLAGPOST_TEST_DATABASES'] ?? 'sqlite').split(',') as DatabaseKind[];

/** An empty database of its own for one suite. */
export interface TestDatabase {
  readonly kind: DatabaseKind;
  /** Value for DATABASE_URL. */
  readonly url: string;
  remove(): Promise<void>;
}

export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === 'sqlite' ? createSqlite() : createMysql();
}

async function createSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'flagpost-test-'));
  return {
    kind: 'sqlite',
    url: `sqlite:${join(folder, 'flagpost.db')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function createMysql(): Promise<TestDatabase> {
  const server = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306';
  const name = `${process.env['FLAGPOST_TEST_PREFIX'] ?? 'flagpost_test_'}${randomBytes(6).toString('hex')}`;
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
