import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadSettings } from '../../src/platform/config/index.js';
import { start, type StartOptions } from '../../src/start.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './databases.js';
import { takeTestDatabase } from './spare-databases.js';

export const ADMIN_PASSWORD = 'Test1234';

/** A running Flagpost of its own, in this process, on a free port. */
export interface TestFlagpost {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly baseUrl: string;
  /** Not signed in. */
  readonly anonymous: ApiClient;
  /** Signed in as the first account, an owner. */
  readonly owner: ApiClient;
  stop(): Promise<void>;
}

/** Starts Flagpost on an empty database. Deliveries may reach loopback, and retries come quickly. */
export async function startFlagpost(
  kind: DatabaseKind,
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<TestFlagpost> {
  // One that is reached in another way is the suite's own affair.
  const isGiven = environment['DATABASE_URL'] !== undefined;
  const database = await (isGiven ? createTestDatabase(kind) : takeTestDatabase(kind));
  const settings = loadSettings({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    ADMIN_PASSWORD,
    MASTER_KEY: randomBytes(32).toString('base64'),
    EGRESS_ALLOW: '127.0.0.1/32',
    RETRY_SECONDS: '0.05',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
    ...environment,
  });
  const app = await start(settings, options);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  const anonymous = new ApiClient(baseUrl);
  return {
    app,
    database,
    baseUrl,
    anonymous,
    owner: await anonymous.login('Admin', ADMIN_PASSWORD),
    stop: async () => {
      await app.close();
      await database.remove();
    },
  };
}
