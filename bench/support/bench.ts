import { guard, removeDatabase } from './cleanup.js';
import type { Context, Measurement } from './context.js';
import { createDatabase, type BenchDatabase, type DatabaseKind } from './databases.js';
import { Host } from './host.js';
import type { Result } from './report.js';
import { Sink } from './sink.js';

interface BenchOptions {
  readonly quick: boolean;
  readonly profile?: string;
}

interface Surroundings {
  readonly database: BenchDatabase;
  readonly host: Host;
  readonly sink: Sink;
}

/**
 * Runs measurements on one kind of database. Each has a database, servers and a sink of its own; in a quick run they share
 * them, since making them takes longer than what is measured.
 */
export class Bench {
  #shared?: Surroundings;

  constructor(
    private readonly kind: DatabaseKind,
    private readonly options: BenchOptions,
  ) {}

  async measure(name: string, measurement: Measurement): Promise<Result> {
    const start = performance.now();
    const outcome = await this.#run(measurement).catch((error: unknown) => ({
      figures: [],
      failed: error instanceof Error ? error.message : String(error),
    }));
    // What a failure left behind is nothing to measure on.
    if ('failed' in outcome || !this.options.quick) await this.end();
    const seconds = (performance.now() - start) / 1000;
    return { measurement: name, database: this.kind, seconds, ...outcome };
  }

  async end(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    if (!shared) return;
    await shared.host.stop();
    await shared.sink.stop();
    await removeDatabase(shared.database);
  }

  async #run(measurement: Measurement): Promise<Pick<Result, 'figures'>> {
    if (this.#shared) await this.#shared.host.tidy();
    this.#shared ??= await this.#surroundings();
    const context: Context = { ...this.#shared, ...this.options };
    return { figures: await measurement(context) };
  }

  async #surroundings(): Promise<Surroundings> {
    const database = guard(await createDatabase(this.kind));
    return { database, host: new Host(database, this.options.quick), sink: await Sink.start() };
  }
}
