/**
 * The environment variables Flagpost reads: the one list from which settings are parsed and `docs/settings.md` and
 * `.env.example` are generated.
 */
export interface SettingDefinition {
  readonly name: string;
  /** Text used when the variable is unset or empty; absent: the setting stays unset. */
  readonly default?: string;
  /** The default as a person reads it, where the text above would mislead. */
  readonly defaultNote?: string;
  readonly description: string;
}

export const SETTING_CATALOGUE = {
  PORT: { name: 'PORT', default: '4008', description: 'Port the API listens on.' },
  HOST: { name: 'HOST', default: '0.0.0.0', description: 'Address the API listens on.' },
  SERVER_URI: {
    name: 'SERVER_URI',
    defaultNote: 'where the caller found it',
    description:
      'URL under which SDKs reach this server, shown in the code samples for them, such as `https://flags.example.com`.',
  },
  TRUST_PROXY: {
    name: 'TRUST_PROXY',
    default: '',
    defaultNote: 'none',
    description:
      'Addresses and CIDR blocks, comma separated, of reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` count, such as `127.0.0.1,10.0.0.0/8`. Without them all callers behind a proxy share its limit of failed sign-ins.',
  },
  DATABASE_URL: {
    name: 'DATABASE_URL',
    default: 'sqlite:data/flagpost.db',
    description:
      '`sqlite:path/to/file.db` for one process, or `mysql://user:password@host:port/database` (MySQL 8.0 or newer, MariaDB 10.6 or newer).',
  },
  REDIS_URL: {
    name: 'REDIS_URL',
    defaultNote: 'unset: by the database alone',
    description:
      '`redis://user:password@host:port/0` (`rediss://` for TLS; Redis 6.2 or newer): a change in one process then wakes the workers of others at once, and they share what comes. Nothing is kept in Redis, and nothing is lost without it. Of no use with SQLite.',
  },
  REDIS_PREFIX: {
    name: 'REDIS_PREFIX',
    defaultNote: 'made from host, port and name of the database',
    description:
      'What the keys in Redis begin with. The same in all processes of one Flagpost: set it where they reach the database by different names.',
  },
  ROLES: {
    name: 'ROLES',
    default: 'api,worker',
    description:
      'What this process does: `api` answers requests, `worker` sends deliveries. A worker alone answers for its health and metrics only.',
  },
  ADMIN_PASSWORD: {
    name: 'ADMIN_PASSWORD',
    defaultNote: 'random, printed once',
    description: 'Password of the account `Admin`, made at the first start. Of no effect later.',
  },
  MASTER_KEY: {
    name: 'MASTER_KEY',
    defaultNote: 'made beside the SQLite file, mode 600',
    description:
      '32 bytes in base64 (`openssl rand -base64 32`): encrypts secrets in the database and signs sessions. Demanded with MySQL. Two keys, comma separated, while the key is rotated: the first one seals, both open.',
  },
  NEW_MASTER_KEY: {
    name: 'NEW_MASTER_KEY',
    defaultNote: 'random, for the key file beside SQLite',
    description:
      'Only for `npm run rotate-master-key`: the key, 32 bytes in base64, that takes the place of the present one.',
  },
  INTERNAL_TOKEN: {
    name: 'INTERNAL_TOKEN',
    defaultNote: 'unset: closed',
    description:
      'Opens the routes under `/internal/server`, where the FeatureProbe Rust server takes SDK keys and toggles and hands in what SDKs report, to who has this token: in the header `X-Internal-Token` or the query parameter `token`.',
  },
  EGRESS_ALLOW: {
    name: 'EGRESS_ALLOW',
    default: '',
    defaultNote: 'empty',
    description:
      'Hosts and CIDR blocks, comma separated, that deliveries may reach besides public addresses, such as `127.0.0.1/32,10.0.0.0/8,hooks.corp`.',
  },
  EGRESS_PROXY: {
    name: 'EGRESS_PROXY',
    default: 'none',
    description:
      '`none`: deliveries go straight to the receiver. `environment`: through the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name.',
  },
  LOG_LEVEL: {
    name: 'LOG_LEVEL',
    default: 'info',
    description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
  },
  RETRY_SECONDS: {
    name: 'RETRY_SECONDS',
    default: '5,30,120,600,1800,7200,18000,36000,43200',
    description: 'Waits after a failed try, in seconds; the last one repeats. Up to 20 % is added at random.',
  },
  DISABLE_AFTER_HOURS: {
    name: 'DISABLE_AFTER_HOURS',
    default: '120',
    description: 'A webhook that fails for this long on end is disabled.',
  },
  RETENTION_DAYS: {
    name: 'RETENTION_DAYS',
    default: '30',
    description:
      'Finished deliveries and their tries are removed after this many days. Events, the audit log, are kept.',
  },
  RECEIPT_POLL_SECONDS: {
    name: 'RECEIPT_POLL_SECONDS',
    default: '300',
    description: 'How often a touchpoint with asynchronous receipts is asked what came of a request.',
  },
  STREAM_HEARTBEAT_SECONDS: {
    name: 'STREAM_HEARTBEAT_SECONDS',
    default: '15',
    description:
      'How often a live stream sends a comment and checks that its caller may still listen. Keep it below the idle time-out of proxies.',
  },
  DELIVERY_CONCURRENCY: {
    name: 'DELIVERY_CONCURRENCY',
    default: '128',
    description: 'How many requests one process sends at once, over all webhooks.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    defaultNote: 'unset: no spans',
    description:
      'URL of an OpenTelemetry collector that takes OTLP over HTTP, such as `http://collector:4318`: spans go to `/v1/traces` there.',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    defaultNote: 'from the one above',
    description: 'The whole URL that spans go to, where it is another.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    default: '',
    defaultNote: 'none',
    description:
      'Headers for the collector, as `name=value` pairs, comma separated, values percent-encoded: a key, mostly.',
  },
  OTEL_SERVICE_NAME: {
    name: 'OTEL_SERVICE_NAME',
    default: 'flagpost',
    description: 'Name of this service in traces.',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTING_CATALOGUE;
