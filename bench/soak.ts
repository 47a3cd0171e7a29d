import { setTimeout as delay } from 'node:timers/promises';
import type { Context, Figure } from './support/context.js';
import { atMost, figure } from './support/figures.js';
import type { Flags } from './support/flags.js';
import type { Session } from './support/host.js';
import { grownTables, historyRows, rowCounts, type RowCounts } from './support/tables.js';
import { median } from './support/statistics.js';
import { publishSteadily } from './support/steady-load.js';

const PROJECT = 'soak';
const TOGGLES = 27;
const PER_SECOND = 50;
const HEALTHY_ENDPOINTS = 8;
const OPTIONS = { events: ['TOGGLE.PUBLISH'], projectKeys: [PROJECT], timeoutMs: 30_000 };

/** An hour at 4 changes a second comes to about what 300 s have at 50. Waits between tries shrink alike. */
const FULL = { seconds: 300, largePublishes: 10 } as const;
const QUICK = { seconds: 8, largePublishes: 2 } as const;
const RETRY_SECONDS = '1,2,4,8';

type Length = typeof FULL | typeof QUICK;

/** The part of the run in which one receiver fails. */
const FAILS = { from: 0.3, to: 0.45 } as const;

/** The toggle whose content is as large as it may be. */
const LARGE = 'large';
const LIMIT_MS = 120_000;

/** A list that makes the content of a toggle just under its limit of 1 MiB. */
const MANY_CITIES = Array.from({ length: 15_500 }, (_, index) => `city ${index} `.padEnd(64, 'x'));

/** The server's memory at one moment, MB. */
interface Sample {
  readonly resident: number;
  readonly heap: number;
}

interface Run {
  readonly samples: readonly Sample[];
  readonly early: RowCounts;
  readonly late: RowCounts;
  readonly left: number;
  readonly peak: number;
}

/**
 * Whether anything grows that shouldn't while an hour's load passes: memory, and tables that hold no history. Ten webhooks take
 * steady changes; one of them is slow, one fails for a while, and some of the bodies are as large as they may be.
 */
export async function soak(context: Context): Promise<Figure[]> {
  const { host, sink, quick, profile } = context;
  const length = quick ? QUICK : FULL;
  const settings = { RETRY_SECONDS };
  return host.with({ roles: 'api,worker', settings, profile }, async (session) => {
    const { flags } = session;
    await flags.project(PROJECT);
    const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
    await flags.toggle(PROJECT, LARGE);
    await flags.webhooks('soak', sink.url('/soak/'), HEALTHY_ENDPOINTS, OPTIONS);
    await flags.webhook('soak slow', sink.url('/slow'), OPTIONS);
    await flags.webhook('soak fickle', sink.url('/fickle'), OPTIONS);
    const run = await load(context, session, toggles, length);
    return figuresOf(run, length);
  });
}

async function load(
  { database, sink }: Context,
  { server, flags }: Session,
  toggles: readonly string[],
  length: Length,
): Promise<Run> {
  const { seconds } = length;
  await flags.publishMany(PROJECT, [...toggles, LARGE], toggles.length + 1);
  await untilDelivered(server);
  // From here on every toggle is known to every webhook: what still grows, grows for ever.
  const early = await rowCounts(database);
  const steady = { project: PROJECT, toggles, perSecond: PER_SECOND, seconds };
  const atPart = (part: number): Promise<void> => delay(part * seconds * 1000);
  const samples: Sample[] = [];
  const ended = new AbortController();
  await Promise.all([
    publishSteadily(flags, steady).finally(() => ended.abort()),
    atPart(FAILS.from).then(() => sink.answerFickle(503)),
    atPart(FAILS.to).then(() => sink.answerFickle(200)),
    publishLarge(flags, length),
    sample(server, samples, (seconds * 1000) / 200, ended.signal),
  ]);
  const left = await untilDelivered(server);
  const late = await rowCounts(database);
  return { samples, early, late, left, peak: (await server.usage()).peakMemoryMb };
}

async function publishLarge(flags: Flags, { seconds, largePublishes }: Length): Promise<void> {
  for (let turn = 0; turn < largePublishes; turn += 1) {
    await flags.publish(PROJECT, LARGE, turn + 1, MANY_CITIES);
    await delay((seconds * 1000) / largePublishes);
  }
}

async function sample(
  server: Session['server'],
  samples: Sample[],
  everyMs: number,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    const { memoryMb, heapMb } = await server.usage();
    samples.push({ resident: memoryMb, heap: heapMb });
    await delay(everyMs);
  }
}

/** Answers how many deliveries are left after the longest wait. */
async function untilDelivered(server: Session['server']): Promise<number> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const pending = await server.pending();
    if (pending === 0 || Date.now() > end) return pending;
    await delay(100);
  }
}

function figuresOf({ samples, early, late, left, peak }: Run, length: Length): Figure[] {
  const changes = PER_SECOND * length.seconds + length.largePublishes;
  const quarter = (index: number): readonly Sample[] =>
    samples.slice(Math.floor((samples.length * index) / 4), Math.floor((samples.length * (index + 1)) / 4));
  const resident = (part: readonly Sample[]): number => median(part.map((each) => each.resident));
  // The least heap of a quarter is what is left after a collection.
  const heap = (part: readonly Sample[]): number => Math.min(...part.map((each) => each.heap));
  const [second, last] = [quarter(1), quarter(3)];
  const grown = grownTables(early, late);
  return [
    figure('changes', changes),
    figure('deliveries', changes * (HEALTHY_ENDPOINTS + 2)),
    figure('resident, second quarter', resident(second), 'MB'),
    figure('resident, last quarter', resident(last), 'MB'),
    atMost(1.1, 'resident, last quarter ÷ second', resident(last) / resident(second)),
    figure('heap after collections, second quarter', heap(second), 'MB'),
    figure('heap after collections, last quarter', heap(last), 'MB'),
    figure('peak memory of the server', peak, 'MB'),
    atMost(0, 'deliveries left at the end', left),
    {
      ...atMost(0, 'tables that grew beside the history', grown.length),
      note: grown.length > 0 ? grown.join(', ') : undefined,
    },
    figure('rows that the history grew by', historyRows(late) - historyRows(early), 'rows'),
  ];
}
