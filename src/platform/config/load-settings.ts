import { isIP } from 'node:net';
import type { DatabaseSettings, Role, Settings, TracingSettings } from './settings.js';
import { SETTING_CATALOGUE, type SettingDefinition, type SettingName } from './setting-catalogue.js';

/** Everything that is wrong with the environment, in one message, a line each. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Checks of a setting that belong to a feature and are handed in, so that the platform needs to know nothing of it. */
export interface SettingChecks {
  /** Throws with a reason when `EGRESS_ALLOW` has an entry that is neither a host nor a block. */
  readonly egressAllow?: (entries: readonly string[]) => unknown;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEB = ['http:', 'https:'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * Reads and checks all settings.
 * @throws SettingsError listing every problem, not only the first.
 */
export function loadSettings(environment: NodeJS.ProcessEnv, checks: SettingChecks = {}): Settings {
  const reader = new SettingReader(environment);
  const settings: Settings = {
    port: reader.integer('PORT', 0, 65_535),
    host: reader.text('HOST'),
    serverUri: reader.optional('SERVER_URI', parseWebUrl),
    trustedProxies: reader.parsed('TRUST_PROXY', parseAddressBlocks),
    database: reader.parsed('DATABASE_URL', parseDatabaseUrl),
    redisUrl: reader.optional('REDIS_URL', parseRedisUrl),
    redisPrefix: reader.optional('REDIS_PREFIX', parseRedisPrefix),
    roles: reader.parsed('ROLES', parseRoles),
    adminPassword: reader.optional('ADMIN_PASSWORD', parseAdminPassword),
    masterKeys: reader.optional('MASTER_KEY', parseMasterKeys) ?? [],
    newMasterKey: reader.optional('NEW_MASTER_KEY', parseMasterKey),
    internalToken: reader.optional('INTERNAL_TOKEN', (text) => text),
    egressAllow: reader.parsed('EGRESS_ALLOW', (text) => parseEgressAllow(text, checks)),
    egressProxyFromEnvironment: reader.choice('EGRESS_PROXY', ['none', 'environment']) === 'environment',
    logLevel: reader.choice('LOG_LEVEL', LOG_LEVELS),
    retryWaitsMs: reader.parsed('RETRY_SECONDS', parseRetryWaits),
    disableAfterMs: reader.positive('DISABLE_AFTER_HOURS') * HOUR_MS,
    retentionMs: reader.positive('RETENTION_DAYS') * DAY_MS,
    receiptPollMs: reader.positive('RECEIPT_POLL_SECONDS') * 1000,
    streamHeartbeatMs: reader.positive('STREAM_HEARTBEAT_SECONDS') * 1000,
    deliveryConcurrency: reader.integer('DELIVERY_CONCURRENCY', 1, 4096),
    tracing: readTracing(reader),
  };
  if (
    settings.database?.kind === 'mysql' &&
    settings.masterKeys.length === 0 &&
    !reader.hasProblem('MASTER_KEY')
  ) {
    reader.problem('MASTER_KEY', 'is needed with MySQL: 32 bytes in base64, from `openssl rand -base64 32`');
  }
  reader.throwIfWrong();
  return settings;
}

/** By the rules of OpenTelemetry: the URL of the signal holds as it stands, that of the collector gets the signal's path. */
function readTracing(reader: SettingReader): TracingSettings | undefined {
  const collector = reader.optional('OTEL_EXPORTER_OTLP_ENDPOINT', parseWebUrl);
  const traces = reader.optional('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', (text) => parseUrl(text, WEB));
  const headers = reader.parsed('OTEL_EXPORTER_OTLP_HEADERS', parsePairs);
  const serviceName = reader.text('OTEL_SERVICE_NAME');
  const url = traces ?? (collector === undefined ? undefined : `${collector}/v1/traces`);
  return url === undefined ? undefined : { url, headers, serviceName };
}

/** Reads one variable after the other and gathers what is wrong. After a problem the value handed back is of no use. */
class SettingReader {
  readonly #problems: { name: SettingName; text: string }[] = [];

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  text(name: SettingName): string {
    const given = this.environment[name]?.trim();
    const definition: SettingDefinition = SETTING_CATALOGUE[name];
    return given ? given : (definition.default ?? '');
  }

  parsed<T>(name: SettingName, parse: (text: string) => T): T {
    try {
      return parse(this.text(name));
    } catch (error) {
      this.problem(name, error instanceof Error ? error.message : String(error));
      return undefined as T;
    }
  }

  optional<T>(name: SettingName, parse: (text: string) => T): T | undefined {
    return this.text(name) === '' ? undefined : this.parsed(name, parse);
  }

  integer(name: SettingName, from: number, to: number): number {
    return this.parsed(name, (text) => {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < from || value > to) {
        throw new Error(`must be a whole number from ${from} to ${to}, not "${text}"`);
      }
      return value;
    });
  }

  positive(name: SettingName): number {
    return this.parsed(name, (text) => {
      const value = Number(text);
      if (!/^\d+(\.\d+)?$/.test(text) || value <= 0)
        throw new Error(`must be a number above 0, not "${text}"`);
      return value;
    });
  }

  choice(name: SettingName, allowed: readonly string[]): string {
    return this.parsed(name, (text) => {
      if (!allowed.includes(text)) throw new Error(`must be one of ${allowed.join(', ')}, not "${text}"`);
      return text;
    });
  }

  problem(name: SettingName, text: string): void {
    this.#problems.push({ name, text });
  }

  hasProblem(name: SettingName): boolean {
    return this.#problems.some((problem) => problem.name === name);
  }

  throwIfWrong(): void {
    if (this.#problems.length > 0) {
      throw new SettingsError(this.#problems.map(({ name, text }) => `${name} ${text}`));
    }
  }
}

function parseDatabaseUrl(text: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) {
    // `sqlite:///var/x.db` and `sqlite://data/x.db`, as other tools write them, are absolute and relative.
    const file = text.slice('sqlite:'.length).replace(/^\/\//, '');
    if (file === '' || file.includes(':memory:')) throw new Error('must name a file after "sqlite:"');
    return { kind: 'sqlite', file };
  }
  return parseMysqlUrl(text);
}

/** The text may hold a password, so no message repeats it. */
function parseMysqlUrl(text: string): DatabaseSettings {
  if (!/^(mysql|mariadb):\/\//.test(text)) throw new Error('must start with "sqlite:" or "mysql://"');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !isPercentEncoded(url.username + url.password + url.pathname)) {
    throw new Error(
      'is not a URL of the form mysql://user:password@host:port/database, special characters percent-encoded',
    );
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') throw new Error('must name a database: mysql://user:password@host:port/database');
  return {
    kind: 'mysql',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function parseUrl(text: string, protocols: readonly string[]): string {
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    throw new Error(
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );
  }
  return text;
}

/** The text may hold a password, so no message repeats it. */
function parseRedisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRedis = url !== undefined && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
  if (!isRedis || !/^\/?\d*$/.test(url.pathname) || !isPercentEncoded(url.username + url.password)) {
    throw new Error(
      'must be a URL of the form redis://user:password@host:6379/0, or rediss:// for TLS, special characters percent-encoded',
    );
  }
  return text;
}

function parseRedisPrefix(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text))
    throw new Error('must have 1 to 64 letters, digits, dots, hyphens or underscores');
  return text;
}

/** Paths are put behind it, so it ends without a slash. */
function parseWebUrl(text: string): string {
  return parseUrl(text, WEB).replace(/\/+$/, '');
}

/** `a=1,b=2`. The values may be secrets, so no message repeats them. */
function parsePairs(text: string): Record<string, string> {
  const pairs = parseList(text).map((pair) => {
    const [name = '', ...value] = pair.split('=');
    if (name.trim() === '' || value.length === 0 || !isPercentEncoded(pair))
      throw new Error('must be pairs such as name=value,name2=value2, values percent-encoded');
    return [name.trim(), decodeURIComponent(value.join('=').trim())] as const;
  });
  return Object.fromEntries(pairs);
}

function parseAddressBlocks(text: string): readonly string[] {
  const entries = parseList(text);
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const length = prefix === undefined ? 0 : Number(prefix);
    // A block of all addresses would let every caller claim to be somewhere else.
    const tooWide = prefix !== undefined && length === 0;
    if (rest.length > 0 || !/^\d*$/.test(prefix ?? '') || prefix === '' || length > bits || tooWide)
      throw new Error(`has the malformed entry "${entry}": give an address or a CIDR block (10.0.0.0/8)`);
  }
  return entries;
}

function parseRoles(text: string): ReadonlySet<Role> {
  const names = text.split(',').map((name) => name.trim());
  const roles = names.filter((name): name is Role => name === 'api' || name === 'worker');
  if (roles.length !== names.length)
    throw new Error(`must be "api", "worker" or "api,worker", not "${text}"`);
  return new Set(roles);
}

function parseAdminPassword(text: string): string {
  if (text.length < 4 || text.length > 128) throw new Error('must have 4 to 128 characters');
  return text;
}

/** No rotation needs more than the key before and the key after. */
const MAX_MASTER_KEYS = 2;

function parseMasterKeys(text: string): readonly Buffer[] {
  const keys = text.split(',').map((key) => parseMasterKey(key.trim()));
  if (keys.length > MAX_MASTER_KEYS) throw new Error(`must be ${MAX_MASTER_KEYS} keys at the most`);
  return keys;
}

function parseMasterKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text) || key.length !== 32) {
    throw new Error('must be 32 bytes in base64, as `openssl rand -base64 32` prints them');
  }
  return key;
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function parseEgressAllow(text: string, checks: SettingChecks): readonly string[] {
  const entries = parseList(text);
  checks.egressAllow?.(entries);
  return entries;
}

function parseRetryWaits(text: string): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^\d+(\.\d+)?$/.test(part))) {
    throw new Error('must be numbers of seconds, comma separated, such as 5,30,120');
  }
  return parts.map((part) => Math.round(Number(part) * 1000));
}
