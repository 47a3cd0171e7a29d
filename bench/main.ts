/**
 * Measures Flagpost as a whole: the server in a process of its own, the receiver in another, everything on loopback. See
 * `docs/performance.md`.
 *
 * Run: `npm run bench -- [latency isolation soak drain fanout admin backlog outreach workers] [--quick]
 * [--database sqlite|mysql|both] [--json FILE] [--profile FOLDER]`; all measurements when none is named.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { backlog } from './backlog.js';
import { drain } from './drain.js';
import { fanout } from './fanout.js';
import { isolation } from './isolation.js';
import { latency } from './latency.js';
import { outreach } from './outreach.js';
import { soak } from './soak.js';
import { Bench } from './support/bench.js';
import { cleanUp } from './support/cleanup.js';
import type { Measurement } from './support/context.js';
import type { DatabaseKind } from './support/databases.js';
import { summary, surroundings, table, type Result } from './support/report.js';
import { toggleList } from './toggle-list.js';
import { workers } from './workers.js';

/** In this order a quick run can keep most servers for the next measurement. */
const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  latency,
  isolation,
  soak,
  drain,
  fanout,
  admin: toggleList,
  backlog,
  outreach,
  workers,
};

/** Why a measurement has nothing to say about a database. */
const SKIPPED: Readonly<Record<string, string>> = {
  'workers sqlite': 'not for SQLite, which belongs to one process',
};

const QUICK_NOTICE = `A quick run: less of everything, on servers that measurements share. Its figures are coarse; whether a
target is met is for a full run to say.\n`;

function namesFrom(positionals: readonly string[]): string[] {
  const known = Object.keys(MEASUREMENTS);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`No measurement "${unknown}"; there are ${known.join(', ')}`);
  return positionals.length > 0 ? [...positionals] : known;
}

function databasesFrom(text: string): DatabaseKind[] {
  if (text === 'both') return ['sqlite', 'mysql'];
  if (text === 'sqlite' || text === 'mysql') return [text];
  throw new Error(`--database must be sqlite, mysql or both, not "${text}"`);
}

async function measureAll(
  kind: DatabaseKind,
  names: readonly string[],
  options: { quick: boolean; profile?: string },
): Promise<Result[]> {
  const results: Result[] = [];
  const bench = new Bench(kind, options);
  for (const name of names) {
    const skipped = SKIPPED[`${name} ${kind}`];
    const result =
      skipped === undefined
        ? await bench.measure(name, MEASUREMENTS[name] as Measurement)
        : { measurement: name, database: kind, seconds: 0, figures: [], skipped };
    results.push(result);
    console.log(table(result));
  }
  await bench.end();
  return results;
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
  const { quick, profile, json } = values;
  const [names, kinds] = [namesFrom(positionals), databasesFrom(values.database)];
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  const start = performance.now();
  if (quick) console.log(QUICK_NOTICE);
  const results: Result[] = [];
  for (const kind of kinds) results.push(...(await measureAll(kind, names, { quick, profile })));
  console.log(`${summary(results)}\n${Math.round((performance.now() - start) / 1000)} s in all`);
  const report = { at: new Date().toISOString(), quick, ...surroundings(), results };
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (results.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
}

main().catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  await cleanUp();
  process.exit(1);
});
