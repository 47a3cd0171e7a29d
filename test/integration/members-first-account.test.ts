import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import { OperatorNotice } from '../../src/platform/log/operator-notice.js';
import { loadSettings } from '../../src/platform/config/index.js';
import { start } from '../../src/start.js';
import { ApiClient } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';

const MASTER_KEY = randomBytes(32).toString('base64');

class CollectedNotice extends OperatorNotice {
  shown = '';

  override show(text: string): void {
    this.shown += text;
  }
}

const notices = new Map<NestFastifyApplication, CollectedNotice>();

const startOn = async (
  database: TestDatabase,
  environment: Record<string, string> = {},
  lines: string[] = [],
): Promise<NestFastifyApplication> => {
  const settings = loadSettings({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MASTER_KEY,
    LOG_LEVEL: 'trace',
    ...environment,
  });
  const logDestination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const notice = new CollectedNotice();
  const app = await start(settings, { logDestination, notice });
  notices.set(app, notice);
  return app;
};

const clientOf = (app: NestFastifyApplication): ApiClient =>
  new ApiClient(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);

/** The password that whoever started the application was shown. */
const generatedBy = (app: NestFastifyApplication): string | undefined =>
  /Password: +(\S+)/.exec(notices.get(app)?.shown ?? '')?.[1];

describe.each(DATABASES)('the first account (%s)', (kind) => {
  it('gets a random password, told by the first start alone; sessions outlive the restart', async () => {
    const database = await createTestDatabase(kind);
    const lines: string[] = [];
    const first = await startOn(database, {}, lines);
    const password = generatedBy(first) ?? '';
    expect(password).toMatch(/^[A-Za-z0-9]{20}$/);
    const session = await clientOf(first).login('Admin', password);
    await first.close();
    expect(lines.join('')).not.toContain(password);

    const second = await startOn(database, { ADMIN_PASSWORD: 'of-no-effect' });
    try {
      expect(generatedBy(second)).toBeUndefined();
      const again = new ApiClient(clientOf(second).baseUrl, session.headers);
      const current = await again.ok('GET', '/api/members/current');
      expect(current).toMatchObject({ account: 'Admin', role: 'OWNER', organizationId: 1 });
      const refused = await clientOf(second).post('/api/login', {
        account: 'Admin',
        password: 'of-no-effect',
      });
      expect(refused.status).toBe(403);
      if (kind === 'sqlite')
        expect((await readFile(database.url.slice('sqlite:'.length))).includes(password)).toBe(false);
    } finally {
      await second.close();
      await database.remove();
    }
  });

  it('takes the password of the settings, and then tells none', async () => {
    const database = await createTestDatabase(kind);
    const app = await startOn(database, { ADMIN_PASSWORD: 'Given-Pass-1' });
    try {
      expect(generatedBy(app)).toBeUndefined();
      await clientOf(app).login('admin', 'Given-Pass-1');
    } finally {
      await app.close();
      await database.remove();
    }
  });
});

describe.each(DATABASES.filter((kind) => kind !== 'sqlite'))('processes that start at once (%s)', (kind) => {
  it('make one first account, whose password one of them tells', async () => {
    const database = await createTestDatabase(kind);
    const apps = await Promise.all([startOn(database), startOn(database), startOn(database)]);
    try {
      const told = apps.map((app) => generatedBy(app)).filter((password) => password !== undefined);
      expect(told).toHaveLength(1);
      for (const app of apps) {
        const owner = await clientOf(app).login('Admin', told[0] ?? '');
        expect(await owner.ok('GET', '/api/members')).toMatchObject({ totalElements: 1 });
      }
    } finally {
      for (const app of apps) await app.close();
      await database.remove();
    }
  });
});
