import { Inject, Module, type INestApplicationContext, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DeliveryModule,
  DeliveryPlanner,
  EndpointDirectory,
  EndpointOwners,
  Endpoints,
  type DeliveryEnd,
  type Endpoint,
  type EndpointKind,
  type OutgoingTry,
} from '../../src/delivery/index.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { loadSettings, resolveMasterKey, type Settings } from '../../src/platform/config/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { takeTestDatabase } from './spare-databases.js';

/** An owner of endpoints for tests: what webhooks are to the engine in the product. */
export class TestDirectory extends EndpointDirectory {
  readonly endpoints = new Map<number, Endpoint>();
  readonly disabled = new Map<number, string>();
  /** What it was told of, call by call; calls whose unit was rolled back included. */
  readonly ends: (readonly DeliveryEnd[])[] = [];
  /** What an owner makes of what it is told, in the unit. */
  onEnded: (ends: readonly DeliveryEnd[]) => Promise<void> = () => Promise.resolve();

  constructor(private readonly health: () => Endpoints) {
    super();
  }

  add(id: number, url: string, options: Partial<Endpoint> = {}): void {
    this.endpoints.set(id, {
      id,
      url,
      timeoutMs: 2000,
      maxInFlight: 10,
      latestOnly: false,
      headersFor: (outgoing) => headersOf(outgoing),
      withoutSecrets: (headers) => headers,
      ...options,
    });
  }

  load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    const known = [...this.endpoints].filter(([id]) => ids.includes(id) && !this.disabled.has(id));
    return Promise.resolve(new Map(known));
  }

  async disable(id: number, reason: string): Promise<void> {
    this.disabled.set(id, reason);
    await this.health().disable(id, reason);
  }

  override async ended(ends: readonly DeliveryEnd[]): Promise<void> {
    this.ends.push(ends);
    await this.onEnded(ends);
  }
}

function headersOf({ deliveryId, number, message }: OutgoingTry): Record<string, string> {
  return {
    'Content-Type': message.contentType,
    'X-FeatureProbe-Event': message.eventName,
    'X-FeatureProbe-Delivery': deliveryId,
    'X-FeatureProbe-Attempt': String(number),
    'webhook-id': message.eventId,
  };
}

/** How messages are planned, where it isn't as for most tests. */
export interface PlanOptions {
  readonly ordering?: 'RESOURCE' | 'LATEST' | 'NONE';
  readonly subject?: string;
  readonly organizationId?: number;
  readonly cost?: number;
}

/** The directories that tests fill: of webhooks, and of all other kinds. */
export interface TestDirectories {
  readonly directory: TestDirectory;
  readonly reach: TestDirectory;
}

/** The delivery engine alone, on an empty database. */
export interface TestEngine extends TestDirectories {
  readonly app: INestApplicationContext;
  readonly database: TestDatabase;
  readonly unitOfWork: UnitOfWork;
  /** Registers an endpoint at this address; answers its id. */
  endpoint(
    url: string,
    options?: Partial<Endpoint>,
    organizationId?: number,
    kind?: EndpointKind,
  ): Promise<number>;
  /** Plans one message for each body, numbered from `first` on. */
  plan(
    endpointIds: readonly number[],
    orderingKey: string,
    bodies: readonly string[],
    first?: number,
    options?: PlanOptions,
  ): Promise<void>;
  query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Stops the engine and starts it again on the same database. */
  stop(options?: { keepDatabase?: boolean }): Promise<void>;
}

export async function startEngine(
  kind: DatabaseKind,
  environment: Record<string, string> = {},
  existing?: { database?: TestDatabase; clock?: Clock } & Partial<TestDirectories>,
): Promise<TestEngine> {
  const database = existing?.database ?? (await takeTestDatabase(kind));
  const settings = loadSettings({
    DATABASE_URL: database.url,
    // The same at each start: the database knows which key is its own.
    MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    EGRESS_ALLOW: '127.0.0.1/32',
    RETRY_SECONDS: '0.05',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
    ...environment,
  });
  let endpoints: Endpoints | undefined;
  const health = (): Endpoints => {
    if (!endpoints) throw new Error('The engine has not started');
    return endpoints;
  };
  const directory = existing?.directory ?? new TestDirectory(health);
  const reach = existing?.reach ?? new TestDirectory(health);
  const app = await boot(settings, { directory, reach }, existing?.clock);
  endpoints = app.get(Endpoints);
  const unitOfWork = app.get(UnitOfWork);
  return {
    app,
    database,
    directory,
    reach,
    unitOfWork,
    endpoint: async (url, options, organizationId = 1, kind = 'WEBHOOK') => {
      const id = await unitOfWork.run(() => app.get(Endpoints).register(organizationId, kind));
      (kind === 'WEBHOOK' ? directory : reach).add(id, url, options);
      return id;
    },
    plan: (endpointIds, orderingKey, bodies, first = 1, options = {}) =>
      planAll(app, endpointIds, orderingKey, bodies, first, options),
    query: (sql, parameters = []) => unitOfWork.reader.query(sql, parameters),
    stop: async ({ keepDatabase = false } = {}) => {
      await app.close();
      if (!keepDatabase) await database.remove();
    },
  };
}

async function boot(
  settings: Settings,
  { directory, reach }: TestDirectories,
  clock?: Clock,
): Promise<INestApplicationContext> {
  const log = new Log(createRootLogger(settings.logLevel));
  const masterKey = resolveMasterKey(settings);

  @Module({ imports: [DeliveryModule] })
  class DirectoryModule implements OnModuleInit {
    constructor(@Inject(EndpointOwners) private readonly owners: EndpointOwners) {}

    onModuleInit(): void {
      this.owners.register(['WEBHOOK'], directory);
      this.owners.register(['REACH', 'RECEIPT'], reach);
    }
  }

  @Module({
    imports: [PlatformModule.with({ settings, masterKey, log, clock }), DeliveryModule, DirectoryModule],
  })
  class EngineModule {}

  return NestFactory.createApplicationContext(EngineModule, { logger: log, abortOnError: false });
}

async function planAll(
  app: INestApplicationContext,
  endpointIds: readonly number[],
  orderingKey: string,
  bodies: readonly string[],
  first: number,
  { ordering = 'RESOURCE', subject = 'TOGGLE.PUBLISH', organizationId = 1, cost }: PlanOptions,
): Promise<void> {
  const planner = app.get(DeliveryPlanner);
  await app.get(UnitOfWork).run(async () => {
    await planner.plan(
      bodies.map((body, index) => ({
        organizationId,
        eventId: `event-${orderingKey}-${first + index}`.slice(0, 36),
        eventName: 'TOGGLE.PUBLISH',
        orderingKey,
        sequence: first + index,
        subject,
        contentType: 'application/json; charset=utf-8',
        body,
        cost,
        traceparent: undefined,
        targets: endpointIds.map((endpointId) => ({
          endpointId,
          ordering,
          retryForMs: 3_600_000,
        })),
      })),
    );
  });
}
