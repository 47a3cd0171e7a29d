/** Which parts of Flagpost this process runs. */
export type Role = 'api' | 'worker';

export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** Where spans go. */
export interface TracingSettings {
  /** The whole URL that takes OTLP over HTTP. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/** What the environment decides, checked and typed. Injected by this class; made once by `loadSettings`. */
export abstract class Settings {
  abstract readonly port: number;
  abstract readonly host: string;
  /** URL of this server as SDKs see it; absent: where the caller found it. */
  abstract readonly serverUri: string | undefined;
  /** Addresses and CIDR blocks of reverse proxies that are believed where a call comes from. */
  abstract readonly trustedProxies: readonly string[];
  abstract readonly database: DatabaseSettings;
  /** Absent: work is spread by the database alone. */
  abstract readonly redisUrl: string | undefined;
  /** What keys in Redis begin with; absent: made from the database's address. */
  abstract readonly redisPrefix: string | undefined;
  abstract readonly roles: ReadonlySet<Role>;
  /** Password of the account `Admin` at the first start; absent: a random one is made and printed. */
  abstract readonly adminPassword: string | undefined;
  /**
   * 32 bytes each that encrypt secrets at rest and sign sessions: the first does, the others only open what they sealed. None: one
   * is kept beside the SQLite file.
   */
  abstract readonly masterKeys: readonly Buffer[];
  /** The key that `npm run rotate-master-key` seals with; the server has no use for it. */
  abstract readonly newMasterKey: Buffer | undefined;
  abstract readonly internalToken: string | undefined;
  /** Hosts and CIDR blocks that deliveries may reach besides public addresses. */
  abstract readonly egressAllow: readonly string[];
  /** Whether deliveries go through the proxy that HTTP_PROXY and HTTPS_PROXY name. */
  abstract readonly egressProxyFromEnvironment: boolean;
  abstract readonly logLevel: string;
  /** Waits after the first, second, … failed try, in milliseconds; the last one repeats. */
  abstract readonly retryWaitsMs: readonly number[];
  abstract readonly disableAfterMs: number;
  abstract readonly retentionMs: number;
  /** How often receipts are asked for. */
  abstract readonly receiptPollMs: number;
  /** How often a live stream sends a comment and checks its caller's access. */
  abstract readonly streamHeartbeatMs: number;
  /** How many requests this process sends at once, over all endpoints. */
  abstract readonly deliveryConcurrency: number;
  /** Absent: no spans are made. */
  abstract readonly tracing: TracingSettings | undefined;
}
