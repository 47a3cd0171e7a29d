/**
 * Measures Flagpost as a whole: the server in a process of its own, the receiver in another, everything on loopback. See
 * `docs/performance.md`.
 *
 * Run: `npm run bench -- [drain latency fanout isolation admin memory] [--quick] [--database sqlite|mysql|both] [--json FILE]
 * [--profile FOLDER]`; all measurements when none is named.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { drain } from './drain.js';
import { fanout } from './fanout.js';
import { isolation } from './isolation.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import type { Measurement } from './support/context.js';
import { createDatabase, type DatabaseKind } from './support/databases.js';
import { surroundings, table, type Result } from './support/report.js';
import { Sink } from './support/sink.js';
import { toggleList } from './toggle-list.js';

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  drain,
  latency,
  fanout,
  isolation,
  admin: toggleList,
  memory,
};

interface Options {
  readonly quick: boolean;
  readonly profile?: string;
}

/** Each measurement has a database and a sink of its own. */
async function measure(name: string, kind: DatabaseKind, options: Options): Promise<Result> {
  const measurement = MEASUREMENTS[name];
  if (!measurement)
    throw new Error(`No measurement "${name}"; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
  const database = await createDatabase(kind);
  const sink = await Sink.start();
  const start = performance.now();
  const interrupted = (): void => void database.remove().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const figures = await measurement({ database, sink, ...options });
    return { measurement: name, database: kind, seconds: (performance.now() - start) / 1000, figures };
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await sink.stop();
    await database.remove();
  }
}

function databasesFrom(text: string): DatabaseKind[] {
  if (text === 'both') return ['sqlite', 'mysql'];
  if (text === 'sqlite' || text === 'mysql') return [text];
  throw new Error(`--database must be sqlite, mysql or both, not "${text}"`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      database: { type: 'string', default: 'both' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { quick, profile } = values;
  const names = positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS);
  const results: Result[] = [];
  for (const kind of databasesFrom(values.database)) {
    for (const name of names) {
      const result = await measure(name, kind, { quick, profile });
      results.push(result);
      console.log(table(result));
    }
  }
  const report = { at: new Date().toISOString(), quick, ...surroundings(), results };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
