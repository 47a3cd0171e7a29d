import { Api } from './api.js';
import type { BenchDatabase } from './databases.js';
import { Flags } from './flags.js';
import { Server, type ServerOptions } from './server.js';

/** A running server and who talks to it. */
export interface Session {
  readonly server: Server;
  readonly api: Api;
  readonly flags: Flags;
}

export interface HostOptions extends ServerOptions {
  readonly roles: 'api' | 'api,worker';
  /** A process that did nothing before; otherwise one that is there already may do. */
  readonly fresh?: boolean;
}

interface Running {
  readonly key: string;
  readonly session: Session;
}

/**
 * Runs the server that answers the API of a database, one at a time: SQLite allows no second one. A server can be kept for
 * whoever wants one alike next, since starting takes longer than many a quick measurement.
 */
export class Host {
  #running?: Running;

  /** @param keeps whether servers are kept after their use */
  constructor(
    private readonly database: BenchDatabase,
    private readonly keeps: boolean,
  ) {}

  async with<T>(options: HostOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take(options);
    try {
      return await work(session);
    } finally {
      if (!this.keeps) await this.stop();
    }
  }

  /** Takes away what a measurement left that would weigh on the next. */
  async tidy(): Promise<void> {
    await this.#running?.session.flags.removeWebhooks();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.session.api.close();
    await running?.session.server.stop();
  }

  async #take({ fresh = false, ...options }: HostOptions): Promise<Session> {
    const key = JSON.stringify([options.roles, options.settings, options.profile]);
    if (!fresh && this.#running?.key === key) return this.#running.session;
    await this.stop();
    const server = await Server.start(this.database, options);
    const api = await Api.signIn(server.baseUrl);
    const session = { server, api, flags: new Flags(api) };
    this.#running = { key, session };
    return session;
  }
}
