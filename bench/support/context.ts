import { Api } from './api.js';
import type { BenchDatabase } from './databases.js';
import { Flags } from './flags.js';
import { Server, type ServerOptions } from './server.js';
import type { Sink } from './sink.js';

/** What a measurement is given. */
export interface Context {
  readonly database: BenchDatabase;
  readonly sink: Sink;
  readonly quick: boolean;
  /** Folder for CPU profiles of the servers that deliver. */
  readonly profile?: string;
}

/** One figure of a measurement. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
  /** What it should be, as a person reads it. */
  readonly target?: string;
  readonly met?: boolean;
}

export type Measurement = (context: Context) => Promise<Figure[]>;

/** A running server and who talks to it. */
export interface Session {
  readonly server: Server;
  readonly api: Api;
  readonly flags: Flags;
}

/** Runs a server for as long as `work` takes. */
export async function withServer<T>(
  { database }: Context,
  options: ServerOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const server = await Server.start(database, options);
  try {
    const api = await Api.signIn(server.baseUrl);
    try {
      return await work({ server, api, flags: new Flags(api) });
    } finally {
      await api.close();
    }
  } finally {
    await server.stop();
  }
}
