import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { createConnection } from 'mysql2/promise';
import { canStartRedis } from './redis-server.js';

/** Suites that need MariaDB or Redis run in CI whatever happens; elsewhere they are left out, with one line, when it is not there. */
export async function setup(): Promise<void> {
  // Each project of the run asks for it.
  if (process.env['FLAGPOST_TEST_DATABASES'] !== undefined) return;
  findRedis();
  // Of this run, so that it can take them away when it ends.
  process.env['FLAGPOST_TEST_PREFIX'] ??= `flagpost_test_${randomBytes(4).toString('hex')}_`;
  const url = mysqlUrl();
  const reachable = await canConnect(url.hostname, Number(url.port || 3306));
  if (!reachable && process.env['CI']) {
    throw new Error(
      `No MySQL or MariaDB at ${url.host}: start one (for example \`mariadbd\`), or name one in TEST_MYSQL_URL.`,
    );
  }
  if (!reachable) console.log(`No MySQL or MariaDB at ${url.host}: the suites that need one are left out.`);
  process.env['FLAGPOST_TEST_DATABASES'] = reachable ? 'sqlite,mysql' : 'sqlite';
}

/** Removes databases that suites pass on to each other, and those of suites that were cut off. */
export async function teardown(): Promise<void> {
  if (!process.env['FLAGPOST_TEST_DATABASES']?.includes('mysql')) return;
  const connection = await createConnection(mysqlUrl().href);
  const pattern = process.env['FLAGPOST_TEST_PREFIX']?.replaceAll('_', '\\_');
  const [left] = await connection.query('SHOW DATABASES LIKE ?', [`${pattern}%`]);
  for (const row of left as Record<string, string>[])
    await connection.query('DROP DATABASE IF EXISTS ??', [Object.values(row)[0]]);
  await connection.end();
}

function mysqlUrl(): URL {
  return new URL(process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306');
}

/** Suites start servers of their own, so that they may stop them. */
function findRedis(): void {
  const found = canStartRedis();
  if (!found && process.env['CI']) {
    throw new Error(
      'There is no `redis-server` on the PATH: install one (for example `apt-get install redis-server`).',
    );
  }
  if (!found) console.log('There is no `redis-server` on the PATH: the suites that need one are left out.');
  process.env['FLAGPOST_TEST_REDIS'] = found ? 'yes' : 'no';
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    for (const event of ['error', 'timeout'] as const) {
      socket.once(event, () => {
        socket.destroy();
        resolve(false);
      });
    }
  });
}
