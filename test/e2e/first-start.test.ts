import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = /Password: +(\S+)/g;

const passwordsIn = (server: FlagpostProcess): string[] =>
  [...server.stdout.matchAll(PASSWORD)].map(([, password]) => password!);

describe.each(DATABASES)('first start on %s', (kind) => {
  let database: TestDatabase;
  const servers: FlagpostProcess[] = [];

  beforeEach(async () => {
    database = await createTestDatabase(kind);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill9();
    await database.remove();
  });

  const create = async (environment: Record<string, string> = {}): Promise<FlagpostProcess> => {
    const server = await FlagpostProcess.create(database.url, environment);
    servers.push(server);
    return server;
  };

  it('makes the account with a random password, printed once, and no project', async () => {
    const server = await create({ ADMIN_PASSWORD: '' });
    await server.start();
    const [password = ''] = await waitFor(() => {
      const found = passwordsIn(server);
      return found.length > 0 ? found : undefined;
    }, 'the password');
    expect(password).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(server.stdout.split(password)).toHaveLength(2);
    expect(server.stderr).not.toContain(password);
    const owner = await server.anonymous.login('Admin', password);
    expect(await owner.ok('GET', '/api/projects')).toEqual([]);
    expect((await owner.ok('GET', '/api/events?after=0')).content).toEqual([]);
    await server.stop();
    await server.start();
    await waitFor(() => server.stdout.split('Flagpost is listening').length === 3, 'the second welcome');
    expect(passwordsIn(server)).toEqual([password]);
    await server.anonymous.login('Admin', password);
  });

  it('shows the password of the account it made even where it then failed to listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await waitFor(() => other.listening);
    const server = await create({
      ADMIN_PASSWORD: '',
      PORT: String((other.address() as { port: number }).port),
    });
    await server.spawn();
    expect((await server.exit).code).toBe(1);
    expect(server.stderr).toContain('EADDRINUSE');
    await new Promise((resolve) => other.close(resolve));
    await server.start();
    await waitFor(() => server.stdout.includes('Flagpost is listening'), 'the welcome');
    const [password = 'none was shown'] = passwordsIn(server);
    await server.anonymous.login('Admin', password);
  });

  it('refuses wrong settings with one message that lists them all, and repeats no password', async () => {
    const server = await create({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      RETRY_SECONDS: '5,soon',
      MASTER_KEY: 'short',
      ROLES: 'api,cook',
      EGRESS_ALLOW: '10.0.0.0/99',
      DISABLE_AFTER_HOURS: '-1',
      RETENTION_DAYS: 'x',
      ADMIN_PASSWORD: 'abc',
      DATABASE_URL: 'postgres://user:hidden-word@host/db',
    });
    await server.spawn();
    expect(await server.exit).toEqual({ code: 1, signal: null });
    const problems = server.stderr.split('\n').filter((line) => line.startsWith('  - '));
    expect(problems.map((line) => line.slice(4).split(' ')[0]).sort()).toEqual([
      'ADMIN_PASSWORD',
      'DATABASE_URL',
      'DISABLE_AFTER_HOURS',
      'EGRESS_ALLOW',
      'LOG_LEVEL',
      'MASTER_KEY',
      'PORT',
      'RETENTION_DAYS',
      'RETRY_SECONDS',
      'ROLES',
    ]);
    expect(server.stderr).not.toContain('hidden-word');
    expect(server.stdout).toBe('');
  });

  if (kind === 'mysql') {
    it('demands a master key', async () => {
      const server = await create({ MASTER_KEY: '' });
      await server.spawn();
      expect(await server.exit).toEqual({ code: 1, signal: null });
      expect(server.stderr).toMatch(/MASTER_KEY is needed with MySQL/);
    });

    it('says what is wrong when the server is not there, without the password', async () => {
      const server = await create({ DATABASE_URL: 'mysql://root:hidden-word@127.0.0.1:1/flagpost' });
      await server.spawn();
      expect(await server.exit).toEqual({ code: 1, signal: null });
      expect(server.stderr).toMatch(/ECONNREFUSED/);
      expect(server.stderr + server.stdout).not.toContain('hidden-word');
    });
  }

  if (kind === 'sqlite') {
    it('makes the master key beside the file, for its owner alone, and needs it again', async () => {
      const server = await create({ MASTER_KEY: '' });
      await server.start();
      const file = `${database.url.slice('sqlite:'.length)}.key`;
      expect(existsSync(file)).toBe(true);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const owner = await server.login();
      await server.kill9();
      await server.start();
      await owner.ok('GET', '/api/projects');
    });

    it('refuses a second process on the file, and leaves the first one alone; a killed one holds nothing', async () => {
      const MASTER_KEY = randomBytes(32).toString('base64');
      const first = await create({ MASTER_KEY });
      await first.start();
      const owner = await first.login();
      const second = await create({ MASTER_KEY });
      await second.spawn();
      expect(await second.exit).toEqual({ code: 1, signal: null });
      expect(second.stderr).toMatch(/flagpost\.db is in use by another Flagpost process.*MySQL/s);
      await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
      await first.kill9();
      await second.start();
      expect(second.isRunning).toBe(true);
    });
  }
});
