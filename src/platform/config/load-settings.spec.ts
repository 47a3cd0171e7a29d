import { describe, expect, it } from 'vitest';
import { loadSettings, SettingsError } from './load-settings.js';
import { SETTING_CATALOGUE } from './setting-catalogue.js';
import type { Settings } from './settings.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** What is wrong with these variables, a line each. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const read = (environment: Record<string, string>): Settings =>
  loadSettings({ MASTER_KEY: KEY, ...environment });

describe('loadSettings', () => {
  it('has a default for everything', () => {
    expect(loadSettings({})).toEqual({
      port: 4008,
      host: '0.0.0.0',
      serverUri: undefined,
      trustedProxies: [],
      database: { kind: 'sqlite', file: 'data/flagpost.db' },
      redisUrl: undefined,
      redisPrefix: undefined,
      roles: new Set(['api', 'worker']),
      adminPassword: undefined,
      masterKeys: [],
      newMasterKey: undefined,
      internalToken: undefined,
      egressAllow: [],
      egressProxyFromEnvironment: false,
      logLevel: 'info',
      retryWaitsMs: [5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 43_200].map((seconds) => seconds * 1000),
      disableAfterMs: 120 * 3_600_000,
      retentionMs: 30 * 24 * 3_600_000,
      receiptPollMs: 300_000,
      streamHeartbeatMs: 15_000,
      deliveryConcurrency: 128,
      tracing: undefined,
    });
  });

  it('takes an empty or blank variable for an unset one', () => {
    const blank = Object.fromEntries(Object.keys(SETTING_CATALOGUE).map((name) => [name, '  ']));
    expect(loadSettings(blank)).toEqual(loadSettings({}));
  });

  it('reads addresses of trusted proxies, but none that everybody has', () => {
    expect(read({ TRUST_PROXY: ' 10.0.0.0/8, ::1 ,' }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    for (const entry of [
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0/8',
      'proxy',
      '1.2.3.4/8/8',
      '1.2.3.4/x',
    ])
      expect(problemsOf({ MASTER_KEY: KEY, TRUST_PROXY: entry })).toHaveLength(1);
  });

  it('reads where SDKs find the server, without a slash at the end', () => {
    expect(read({ SERVER_URI: 'https://flags.example.com/x/' }).serverUri).toBe(
      'https://flags.example.com/x',
    );
  });

  it('names every wrong setting in one message', () => {
    const wrong = {
      PORT: '65536',
      SERVER_URI: 'flags.example.com',
      TRUST_PROXY: '10.0.0.0/8,loopback',
      DATABASE_URL: 'postgres://localhost/x',
      REDIS_URL: 'http://localhost',
      REDIS_PREFIX: 'a b',
      ROLES: 'api,cook',
      ADMIN_PASSWORD: 'abc',
      MASTER_KEY: 'short',
      EGRESS_PROXY: 'yes',
      LOG_LEVEL: 'loud',
      RETRY_SECONDS: '5,x',
      DISABLE_AFTER_HOURS: '0',
      RETENTION_DAYS: '-1',
      DELIVERY_CONCURRENCY: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://collector',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key',
    };
    const problems = problemsOf(wrong);
    expect(new Set(problems.map((problem) => problem.split(' ')[0]))).toEqual(new Set(Object.keys(wrong)));
    expect(problems).toHaveLength(Object.keys(wrong).length);
    expect(() => loadSettings(wrong)).toThrow(
      `Wrong settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  });

  it.each([
    ['sqlite:data/x.db', 'data/x.db'],
    ['sqlite:/var/x.db', '/var/x.db'],
    ['sqlite:///var/x.db', '/var/x.db'],
    ['sqlite://data/x.db', 'data/x.db'],
    ['sqlite:./x.db', './x.db'],
  ])('reads %s as the file %s', (url, file) => {
    expect(read({ DATABASE_URL: url }).database).toEqual({ kind: 'sqlite', file });
  });

  it.each([
    [
      'mysql://u:p%40ss%2F%3A@db.example:3307/flags',
      { host: 'db.example', port: 3307, user: 'u', password: 'p@ss/:', database: 'flags' },
    ],
    [
      'mysql://root@localhost/f',
      { host: 'localhost', port: 3306, user: 'root', password: '', database: 'f' },
    ],
    ['mariadb://u:p@[::1]/f', { host: '::1', port: 3306, user: 'u', password: 'p', database: 'f' }],
  ])('reads %s', (url, database) => {
    expect(read({ DATABASE_URL: url }).database).toEqual({ kind: 'mysql', ...database });
  });

  it.each([
    'sqlite:',
    'sqlite::memory:',
    'file.db',
    'mysql://',
    'mysql:///flags',
    'mysql://host',
    'mysql://host/',
    'mysql://host:port/flags',
    'mysql://user:%zz@host/flags',
  ])('refuses the database %s', (url) => {
    expect(problemsOf({ DATABASE_URL: url, MASTER_KEY: KEY })).toEqual([
      expect.stringMatching(/^DATABASE_URL (must|is not)/),
    ]);
  });

  it('repeats no password and no key in its messages', () => {
    const text = problemsOf({
      DATABASE_URL: 'mysql://user:hush-1%zz@host:x/flags',
      REDIS_URL: 'http://:hush-2@host',
      ADMIN_PASSWORD: 'hush-3'.repeat(30),
      MASTER_KEY: 'hush-4',
    }).join('\n');
    expect(text.split('\n')).toHaveLength(4);
    expect(text).not.toMatch(/hush/);
    expect(problemsOf({ DATABASE_URL: 'postgres://user:hush@host/x' }).join()).not.toMatch(/hush/);
  });

  it.each([
    'redis://cache',
    'redis://cache:6379/',
    'rediss://user:p%40ss@cache.example:6380/3',
    'redis://:secret@[::1]:6379',
  ])('takes the Redis %s', (url) => {
    expect(read({ REDIS_URL: url }).redisUrl).toBe(url);
  });

  it.each([
    'cache:6379',
    'redis://',
    'redis:cache',
    'redis://cache:x',
    'redis://cache/first',
    'redis://u:%zz@cache',
    'mysql://cache',
  ])('refuses the Redis %s', (url) => {
    expect(problemsOf({ REDIS_URL: url })).toEqual([expect.stringMatching(/^REDIS_URL must be a URL/)]);
  });

  it('demands a master key with MySQL, and says so once', () => {
    const DATABASE_URL = 'mysql://root@localhost/f';
    expect(problemsOf({ DATABASE_URL })).toEqual([expect.stringMatching(/^MASTER_KEY is needed with MySQL/)]);
    expect(problemsOf({ DATABASE_URL, MASTER_KEY: 'x' })).toHaveLength(1);
    expect(problemsOf({ DATABASE_URL, MASTER_KEY: KEY })).toEqual([]);
  });

  it.each([
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    `${KEY}!`,
    'a'.repeat(32),
  ])('refuses the master key %s', (key) => {
    expect(problemsOf({ MASTER_KEY: key })).toEqual([expect.stringMatching(/^MASTER_KEY must be 32 bytes/)]);
  });

  it('reads two master keys, while one takes the place of the other, and no more', () => {
    const other = Buffer.alloc(32, 8).toString('base64');
    const { masterKeys, newMasterKey } = read({ MASTER_KEY: `${other}, ${KEY}`, NEW_MASTER_KEY: other });
    expect(masterKeys).toEqual([Buffer.alloc(32, 8), Buffer.from(KEY, 'base64')]);
    expect(newMasterKey).toEqual(Buffer.alloc(32, 8));
    for (const MASTER_KEY of [`${KEY},${other},${KEY}`, `${KEY},`, `${KEY},short`])
      expect(problemsOf({ MASTER_KEY })).toEqual([expect.stringMatching(/^MASTER_KEY must be/)]);
  });

  it('reads the roles in any order', () => {
    expect(read({ ROLES: 'worker' }).roles).toEqual(new Set(['worker']));
    expect(read({ ROLES: ' worker , api ' }).roles).toEqual(new Set(['api', 'worker']));
    expect(problemsOf({ ROLES: 'api,' })).toHaveLength(1);
  });

  it('reads waits of fractions of a second', () => {
    expect(read({ RETRY_SECONDS: '0.05, 1,2.5' }).retryWaitsMs).toEqual([50, 1000, 2500]);
    for (const wrong of ['5,', '-1', '1e3', '5;6'])
      expect(problemsOf({ RETRY_SECONDS: wrong })).toHaveLength(1);
  });

  it('takes only whole numbers in range', () => {
    expect(read({ PORT: '0' }).port).toBe(0);
    for (const wrong of ['1.5', '-1', '0x10', '70000', '1e3']) {
      expect(problemsOf({ PORT: wrong })).toEqual([expect.stringContaining('from 0 to 65535')]);
    }
  });

  it('splits the egress list and lets its owner judge it', () => {
    expect(read({ EGRESS_ALLOW: ' 10.0.0.0/8, ,hooks.corp ' }).egressAllow).toEqual([
      '10.0.0.0/8',
      'hooks.corp',
    ]);
    const egressAllow = (): never => {
      throw new Error('has an entry that is neither a host nor a block');
    };
    expect(() => loadSettings({ EGRESS_ALLOW: '??' }, { egressAllow })).toThrow('EGRESS_ALLOW has an entry');
  });

  it('reads where spans go, by the rules of OpenTelemetry', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318/';
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT }).tracing).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      serviceName: 'flagpost',
    });
    const more = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://spans.example.com/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b=, x=1',
      OTEL_SERVICE_NAME: 'flags',
    };
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, ...more }).tracing).toEqual({
      url: 'https://spans.example.com/in',
      headers: { 'api-key': 'a b=', x: '1' },
      serviceName: 'flags',
    });
    expect(problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hush%zz' }).join()).not.toMatch(/hush/);
  });

  it('reads the rest as it stands', () => {
    const settings = read({
      HOST: '::1',
      REDIS_URL: 'rediss://cache:6380/1',
      REDIS_PREFIX: 'flags.eu-1',
      ADMIN_PASSWORD: 'abcd',
      INTERNAL_TOKEN: 'token',
      EGRESS_PROXY: 'environment',
      LOG_LEVEL: 'silent',
      DISABLE_AFTER_HOURS: '0.5',
      RETENTION_DAYS: '7',
    });
    expect(settings).toMatchObject({
      host: '::1',
      redisUrl: 'rediss://cache:6380/1',
      redisPrefix: 'flags.eu-1',
      adminPassword: 'abcd',
      internalToken: 'token',
      egressProxyFromEnvironment: true,
      logLevel: 'silent',
      disableAfterMs: 1_800_000,
      retentionMs: 7 * 86_400_000,
      masterKeys: [Buffer.alloc(32, 7)],
      newMasterKey: undefined,
    });
  });
});
