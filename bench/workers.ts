import { setTimeout as delay } from 'node:timers/promises';
import type { Context, Figure } from './support/context.js';
import { atLeast, figure } from './support/figures.js';
import type { Session } from './support/host.js';
import { IdleWatch, listens } from './support/machine.js';
import { Server } from './support/server.js';
import type { Sink } from './support/sink.js';
import { median } from './support/statistics.js';

const PROJECT = 'workers';
const ENDPOINTS = 100;
const TOGGLES = 100;
const LIMIT_MS = 60_000;

/**
 * Cores that have to be idle with one worker for a second one to be able to show anything: about one where CPU is the limit,
 * and some of one where waiting is.
 */
const CORES_LEFT = { cpu: 0.9, waiting: 0.3 } as const;

/** One way in which workers are compared. */
interface Variant {
  readonly label: string;
  /** How long receivers take to answer. */
  readonly answerMs: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether what one worker may send at once is the limit, rather than CPU. */
  readonly waits: boolean;
}

interface Plan {
  /** Length of a window in which a rate is measured, and the wait before it. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Pending deliveries that a round begins with, for receivers that answer at once and for slow ones. */
  readonly backlog: { readonly fast: number; readonly slow: number };
}

const FULL: Plan = { seconds: 4, warmUpSeconds: 1.5, rounds: 3, backlog: { fast: 100_000, slow: 40_000 } };
const QUICK: Plan = { seconds: 1, warmUpSeconds: 0.3, rounds: 1, backlog: { fast: 15_000, slow: 6_000 } };

/** Speeds in one round, per second, and what the machine had left. */
interface Round {
  readonly one: number;
  readonly two: number;
  readonly idleWithOne: number;
  readonly idleWithTwo: number;
}

/**
 * What a second worker process adds: both drain one backlog, then the second ends and the first goes on alone. The API is a
 * process of its own. With receivers that answer at once the limit is CPU, which sink, database and workers share; with ones
 * that take 20 ms and few requests at once for each worker it is waiting, which a second worker doubles on any machine.
 */
export async function workers(context: Context): Promise<Figure[]> {
  const plan = context.quick ? QUICK : FULL;
  const redis = process.env['BENCH_REDIS_URL'] ?? 'redis://127.0.0.1:6379/9';
  const spreads: [string, Record<string, string>][] = [['without Redis', {}]];
  if (await listens(redis)) spreads.push(['with Redis', { REDIS_URL: redis }]);
  const figures: Figure[] = [];
  for (const [label, settings] of spreads) {
    await context.host.with({ roles: 'api', settings }, async (session) => {
      await prepare(context, session);
      for (const variant of variantsOf(label, settings)) {
        const rounds: Round[] = [];
        for (let turn = 0; turn < plan.rounds; turn += 1)
          rounds.push(await runRound(context, session, plan, variant));
        figures.push(...figuresOf(variant, rounds));
      }
    });
  }
  const note = `nothing listens at ${redis}`;
  if (spreads.length === 1) figures.push({ ...figure('measured with Redis', 0), note });
  return figures;
}

function variantsOf(label: string, settings: Record<string, string>): Variant[] {
  const few = { ...settings, DELIVERY_CONCURRENCY: '20' };
  return [
    { label: `20 ms receivers, ${label}`, answerMs: 20, settings: few, waits: true },
    { label: `fast receivers, ${label}`, answerMs: 0, settings, waits: false },
  ];
}

/** Makes what the changes need, once: a second API process on the same database finds it there. */
async function prepare({ sink }: Context, { api, flags }: Session): Promise<void> {
  const page = await api.call('GET', `/api/webhooks?nameLike=${PROJECT}`);
  if ((page as { content: unknown[] }).content.length > 0) return;
  await flags.project(PROJECT);
  await flags.toggles(PROJECT, 't', TOGGLES);
  await flags.webhooks(PROJECT, sink.url('/workers/'), ENDPOINTS, {
    events: ['TOGGLE.PUBLISH'],
    projectKeys: [PROJECT],
    maxInFlight: 100,
  });
}

async function runRound(context: Context, session: Session, plan: Plan, variant: Variant): Promise<Round> {
  const { database, sink } = context;
  const pending = await topUp(session, variant.waits ? plan.backlog.slow : plan.backlog.fast);
  await sink.answerAfter(variant.answerMs);
  await sink.reset();
  const options = { roles: 'worker', settings: variant.settings } as const;
  const started = await Promise.all([Server.start(database, options), Server.start(database, options)]);
  const [first, second] = started;
  try {
    await untilBusy(started);
    const two = await rate(sink, plan, pending * 0.6);
    await second.stop();
    const one = await rate(sink, plan, pending);
    return { one: one.perSecond, two: two.perSecond, idleWithOne: one.idle, idleWithTwo: two.idle };
  } finally {
    await Promise.all([first.stop(), second.stop()]);
    await sink.answerAfter(0);
  }
}

/** Publishes until so many deliveries wait; answers how many do. */
async function topUp({ server, flags }: Session, wanted: number): Promise<number> {
  const pending = await server.pending();
  const changes = Math.max(Math.ceil((wanted - pending) / ENDPOINTS), 0);
  const toggles = Array.from({ length: TOGGLES }, (_, index) => `t${index}`);
  await flags.publishMany(PROJECT, toggles, changes);
  return pending + changes * ENDPOINTS;
}

/** Until each of them has delivered something. */
async function untilBusy(servers: readonly Server[]): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  for (const server of servers) {
    while ((await server.delivered()) === 0) {
      if (Date.now() > end) throw new Error('A worker got nothing to do');
      await delay(50);
    }
  }
}

/** Deliveries a second over the plan's window, which ends early when so many came since the sink was reset. */
async function rate(
  sink: Sink,
  { seconds, warmUpSeconds }: Plan,
  most: number,
): Promise<{ perSecond: number; idle: number }> {
  await delay(warmUpSeconds * 1000);
  const watch = new IdleWatch();
  const start = await sink.count();
  let end = start;
  while (end.now < start.now + seconds * 1000) {
    await delay(20);
    end = await sink.count();
    if (end.count >= most) break;
  }
  const lasted = (end.count >= most ? end.lastAt : end.now) - start.now;
  if (lasted < 100) throw new Error(`The backlog was used up after ${end.count}; it has to be larger`);
  return { perSecond: ((end.count - start.count) * 1000) / lasted, idle: watch.idleCores() };
}

function figuresOf({ label, waits }: Variant, rounds: readonly Round[]): Figure[] {
  const one = median(rounds.map((round) => round.one));
  const two = median(rounds.map((round) => round.two));
  const ratio = median(rounds.map((round) => round.two / round.one));
  const idleWithOne = median(rounds.map((round) => round.idleWithOne));
  const idleWithTwo = median(rounds.map((round) => round.idleWithTwo));
  const judged = atLeast(1.5, `two workers ÷ one, ${label}`, ratio);
  const applies = idleWithOne >= (waits ? CORES_LEFT.waiting : CORES_LEFT.cpu);
  return [
    figure(`one worker, ${label}`, one, '/s'),
    figure(`two workers, ${label}`, two, '/s'),
    figure(`idle with one worker, ${label}`, idleWithOne, 'cores'),
    figure(`idle with two workers, ${label}`, idleWithTwo, 'cores'),
    applies ? judged : { ...judged, met: undefined, note: 'no core was left for the second worker' },
  ];
}
