import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings, type Settings } from '../../src/platform/config/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { rotateMasterKey, type RotationReport } from '../../src/platform/sealing/index.js';
import { start } from '../../src/start.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { ensureBuilt } from '../support/built-server.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { ADMIN_PASSWORD } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { takeTestDatabase } from '../support/spare-databases.js';

const newKey = (): string => randomBytes(32).toString('base64');

interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run rotate-master-key`, the built one, as a process of its own. `preload` runs before its code. */
async function run(DATABASE_URL: string, preload?: string): Promise<Run> {
  const command = join(dirname(await ensureBuilt()), 'rotate-master-key.js');
  const imports = preload === undefined ? [] : ['--import', preload];
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', DATABASE_URL } };
    const child = execFile(process.execPath, [...imports, command], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });
}

/** Flagpost in this process, on a database that outlives it. */
interface Server {
  readonly baseUrl: string;
  login(): Promise<ApiClient>;
  stop(): Promise<void>;
}

describe.each(DATABASES)('rotating the master key on %s', { timeout: 300_000 }, (kind) => {
  let database: TestDatabase;
  let receiver: Receiver;
  const servers = new Set<Server>();

  beforeEach(async () => {
    database = await takeTestDatabase(kind);
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await receiver.stop();
    await database.remove();
  });

  const settingsWith = (environment: Record<string, string>, url = database.url): Settings =>
    loadSettings({
      DATABASE_URL: url,
      PORT: '0',
      HOST: '127.0.0.1',
      ADMIN_PASSWORD,
      ROLES: 'api',
      EGRESS_ALLOW: '127.0.0.1/32',
      LOG_LEVEL: 'silent',
      ...environment,
    });
  const startWith = async (MASTER_KEY: string, url = database.url): Promise<Server> => {
    const app = await start(settingsWith({ MASTER_KEY }, url));
    const { port } = app.getHttpServer().address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const server = {
      baseUrl,
      login: () => new ApiClient(baseUrl).login('Admin', ADMIN_PASSWORD),
      stop: async () => {
        if (servers.delete(server)) await app.close();
      },
    };
    servers.add(server);
    return server;
  };
  const rotate = (environment: Record<string, string>, url = database.url): Promise<RotationReport> =>
    rotateMasterKey(settingsWith(environment, url), new Log(createRootLogger('silent')));

  /** A webhook with everything that is sealed. */
  const makeWebhook = async (owner: ApiClient): Promise<Json> => {
    const webhook = { name: 'sealed', url: receiver.url, secretKey: 'first secret', status: 'DISABLE' };
    const more = { headers: { 'X-Key': 'value' }, asymmetricSignature: true };
    const { id } = await owner.ok('POST', '/api/webhooks', { ...webhook, ...more });
    return owner.ok('POST', `/api/webhooks/${id}/rotateSecret`, { secretKey: 'second secret' });
  };
  /** What a server makes of the webhook: all that it opens to do so. */
  const everythingOpened = async (server: Server): Promise<Json> => {
    const owner = await server.login();
    const [{ id, secretKey, publicKeyPath }] = (await owner.ok('GET', '/api/webhooks')).content;
    const result = await owner.ok('POST', `/api/webhooks/${id}/test`);
    const signatures = result.request.headers['webhook-signature'].split(' ');
    return {
      secretKey,
      schemes: signatures.map((one: string) => one.split(',')[0]),
      header: receiver.received.at(-1)?.headers['x-key'],
      success: result.success,
      publicKeys: await owner.ok('GET', publicKeyPath),
    };
  };
  /** A database that has been used, and what was in it. */
  const prepare = async (MASTER_KEY: string): Promise<Json> => {
    const server = await startWith(MASTER_KEY);
    await makeWebhook(await server.login());
    const before = await everythingOpened(server);
    await server.stop();
    return before;
  };
  const opened = async (MASTER_KEY: string, url = database.url): Promise<Json> => {
    const server = await startWith(MASTER_KEY, url);
    const found = await everythingOpened(server);
    await server.stop();
    return found;
  };

  it('seals all anew: the new key opens everything, and the old one is refused', async () => {
    const [older, newer] = [newKey(), newKey()];
    const before = await prepare(older);
    expect(before).toMatchObject({
      secretKey: 'second secret',
      schemes: ['v1', 'v1', 'v1a'],
      header: 'value',
      success: true,
    });
    const keys = { MASTER_KEY: older, NEW_MASTER_KEY: newer };
    // The secret, the one before, the headers, the private key and the check value.
    expect(await rotate(keys)).toEqual({ resealed: 5, keyFile: undefined });
    expect(await opened(newer)).toEqual(before);
    expect(await rotate(keys)).toEqual({ resealed: 0, keyFile: undefined });
    // The last, since a start that failed holds the file until its process ends.
    await expect(startWith(older)).rejects.toThrow(/sealed with another master key.*MASTER_KEY/);
  });

  it('refuses a wrong present key, and changes nothing', async () => {
    const key = newKey();
    const before = await prepare(key);
    await expect(rotate({ MASTER_KEY: newKey(), NEW_MASTER_KEY: newKey() })).rejects.toThrow(
      /^MASTER_KEY, or the key file, is not the key of this database/,
    );
    await expect(rotate({ MASTER_KEY: key })).rejects.toThrow('NEW_MASTER_KEY is needed');
    expect(await opened(key)).toEqual(before);
  });

  it('refuses as a whole when one value cannot be opened', async () => {
    const key = newKey();
    await prepare(key);
    await damage(database);
    await expect(rotate({ MASTER_KEY: key, NEW_MASTER_KEY: newKey() })).rejects.toThrow(
      'sealed_secret of webhook 1 opens with no master key',
    );
    await startWith(key);
  });

  it('refuses a database that Flagpost has not used', async () => {
    const keys = { MASTER_KEY: newKey(), NEW_MASTER_KEY: newKey() };
    const unused = await createTestDatabase(kind);
    await expect(rotate(keys, unused.url)).rejects.toThrow(
      kind === 'sqlite' ? 'There is no database file' : 'has never used that database',
    );
    await unused.remove();
  });

  if (kind === 'mysql')
    it('goes on while servers run, in steps, and signs nobody out', async () => {
      const [older, newer] = [newKey(), newKey()];
      const first = await startWith(`${older},${newer}`);
      const owner = await first.login();
      const { id } = await makeWebhook(owner);
      // The other server seals with the new key already; each opens what the other sealed, sign-ins among it.
      const second = await startWith(`${newer},${older}`);
      const there = new ApiClient(second.baseUrl, owner.headers);
      await there.ok('PATCH', `/api/webhooks/${id}`, { secretKey: 'third secret' });
      expect((await owner.ok('GET', `/api/webhooks/${id}`)).secretKey).toBe('third secret');
      await first.stop();
      // The headers, the private key and the check value; the PATCH has sealed the secret with the new key.
      expect(await rotate({ MASTER_KEY: `${newer},${older}` })).toMatchObject({ resealed: 3 });
      expect((await there.ok('GET', `/api/webhooks/${id}`)).secretKey).toBe('third secret');
      await second.stop();
      expect((await opened(newer)).secretKey).toBe('third secret');
    });

  if (kind === 'sqlite')
    describe('with a key file', () => {
      const keyFile = (): string => `${database.url.slice('sqlite:'.length)}.key`;
      const contents = (): Promise<string> => readFile(keyFile(), 'utf8');

      it('makes a key, and puts it into the file', async () => {
        const before = await prepare('');
        const older = await contents();
        const done = await run(database.url);
        expect(done).toMatchObject({ code: 0, stderr: '' });
        expect(done.stdout).toContain('Sealed 5 values');
        expect(done.stdout).toContain(keyFile());
        const newer = await contents();
        expect(newer).not.toBe(older);
        for (const key of [older, newer]) expect(done.stdout).not.toContain(key.trim());
        expect(existsSync(`${keyFile()}.next`)).toBe(false);
        expect(await opened('')).toEqual(before);
        await writeFile(keyFile(), older);
        await expect(startWith('')).rejects.toThrow('put its key file back');
      });

      it('is refused while a server has the database, and takes a key that is given', async () => {
        const server = await startWith('');
        const refused = await run(database.url);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain('in use by another Flagpost process');
        await server.stop();
        const NEW_MASTER_KEY = newKey();
        await rotate({ NEW_MASTER_KEY });
        expect((await contents()).trim()).toBe(NEW_MASTER_KEY);
        await startWith('');
      });

      it.each(['the next key is on the disk', 'everything is sealed anew', 'all is committed'])(
        'survives kill -9 when %s',
        async (moment) => {
          const before = await prepare('');
          const older = await contents();
          const killed = await run(database.url, await killWhen(moment));
          expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
          expect(existsSync(`${keyFile()}.next`)).toBe(true);
          expect(await contents()).toBe(older);

          // The server ends what was begun, be it by going back or by going on; a further rotation does too.
          const copy = await copyOf(database);
          expect(await opened('')).toEqual(before);
          expect(existsSync(`${keyFile()}.next`)).toBe(false);
          expect((await contents()) === older).toBe(moment !== 'all is committed');
          expect(await rotate({}, copy)).toMatchObject({ resealed: 5 });
          expect(await opened('', copy)).toEqual(before);
        },
      );
    });
});

/** A module that kills its process just before the statement or call that the moment ends with. */
async function killWhen(moment: string): Promise<string> {
  const database = pathToFileURL(await ensureBuilt()).href;
  const kill = "process.kill(process.pid, 'SIGKILL');";
  const before = (sql: string): string =>
    `const { prototype } = createRequire('${database}')('better-sqlite3');
     const { prepare } = prototype;
     prototype.prepare = function (sql) { if (/^${sql}/.test(sql)) { ${kill} } return prepare.call(this, sql); };`;
  const code = {
    'the next key is on the disk': before('UPDATE'),
    'everything is sealed anew': before('COMMIT'),
    'all is committed': `fs.renameSync = () => { ${kill} }; syncBuiltinESMExports();`,
  }[moment];
  const imports =
    "import fs from 'node:fs'; import { createRequire, syncBuiltinESMExports } from 'node:module';";
  return `data:text/javascript,${encodeURIComponent(`${imports}${code}`)}`;
}

/** The files of an SQLite database at rest, its keys too, under another name in the same folder. */
async function copyOf({ url }: TestDatabase): Promise<string> {
  const file = url.slice('sqlite:'.length);
  for (const ending of ['', '-wal', '.key', '.key.next'])
    if (existsSync(file + ending)) await copyFile(file + ending, `${file}.copy${ending}`);
  return `${url}.copy`;
}

/** Changes one sealed value. */
async function damage({ kind, url }: TestDatabase): Promise<void> {
  const sql = "UPDATE webhook SET sealed_secret = 'v1:AAAA'";
  if (kind === 'mysql') {
    const connection = await createConnection(url);
    await connection.query(sql);
    await connection.end();
    return;
  }
  const { default: Sqlite } = await import('better-sqlite3');
  const connection = new Sqlite(url.slice('sqlite:'.length));
  connection.exec(sql);
  connection.close();
}
