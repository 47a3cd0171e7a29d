import { createConnection, type Connection } from 'mysql2/promise';
import { migrations } from '../../migrations/index.js';
import { loadSettings } from '../../src/platform/config/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './databases.js';

type Row = Readonly<Record<string, unknown>>;

/** A migrated database, and what the migrations themselves put into its tables. */
interface Spare {
  readonly database: TestDatabase;
  readonly seeds: ReadonlyMap<string, readonly Row[]>;
}

/** Given back by the suites of this process. */
const spares: Spare[] = [];

/**
 * A database for a suite that lets Flagpost migrate it at its start and does nothing to its schema. On MySQL, making all tables and
 * dropping them again takes longer than many a test, so such suites take over a database from each other: with the tables there, and
 * nothing in them but what the migrations wrote. Whatever is left of these databases goes with the run.
 */
export async function takeTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  if (kind === 'sqlite') return createTestDatabase(kind);
  const spare = spares.pop() ?? (await makeSpare());
  return {
    kind,
    url: spare.database.url,
    remove: async () => {
      await empty(spare);
      spares.push(spare);
    },
  };
}

async function makeSpare(): Promise<Spare> {
  const database = await createTestDatabase('mysql');
  const MASTER_KEY = Buffer.alloc(32).toString('base64');
  const settings = loadSettings({ DATABASE_URL: database.url, MASTER_KEY });
  const dataSource = await openDataSource(settings.database, { migrations: [...migrations] });
  await dataSource.runMigrations({ transaction: 'each' });
  await dataSource.destroy();
  const connection = await createConnection(database.url);
  const seeds = new Map<string, Row[]>();
  for (const table of await filledTables(connection)) {
    const [rows] = await connection.query('SELECT * FROM ??', [table]);
    seeds.set(table, rows as Row[]);
  }
  await connection.end();
  return { database, seeds };
}

/** Makes the tables as they were after the migrations, the numbers that rows get included. */
async function empty({ database, seeds }: Spare): Promise<void> {
  const connection = await createConnection(database.url);
  for (const table of await filledTables(connection)) await connection.query('DELETE FROM ??', [table]);
  const [counting] = await connection.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND auto_increment > 1',
  );
  for (const { name } of counting as { name: string }[])
    await connection.query('ALTER TABLE ?? AUTO_INCREMENT = 1', [name]);
  for (const [table, rows] of seeds)
    for (const row of rows) await connection.query('INSERT INTO ?? SET ?', [table, row]);
  await connection.end();
}

async function filledTables(connection: Connection): Promise<string[]> {
  const [tables] = await connection.query('SHOW TABLES');
  const names = (tables as Row[]).map((row) => String(Object.values(row)[0]));
  const looks = names.map(() => 'SELECT ? AS name WHERE EXISTS (SELECT 1 FROM ??)').join(' UNION ALL ');
  const [filled] = await connection.query(
    looks,
    names.flatMap((name) => [name, name]),
  );
  return (filled as { name: string }[]).map(({ name }) => name);
}
