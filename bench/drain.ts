import { setTimeout as delay } from 'node:timers/promises';
import { bareLoop, type BareSpeed } from './support/bare-loop.js';
import type { Context, Figure } from './support/context.js';
import { atLeast, atMost, figure } from './support/figures.js';
import type { ServerUsage } from './support/server.js';
import { mean, median, sharedClockMs } from './support/statistics.js';

const ENDPOINTS = 10;
const MAX_IN_FLIGHT = 10;
const LIMIT_MS = 120_000;

/** Toggles made at first, so that the sink knows what requests look like before the first bare loop. */
const FIRST_TOGGLES = 20;

const RATIO_TARGETS = { sqlite: 0.5, mysql: 0.4 } as const;

/** How one backlog was drained. */
interface Drained {
  readonly perSecond: number;
  readonly samples: readonly string[];
  readonly before: ServerUsage;
  readonly after: ServerUsage;
}

/** What one round came to; per second, or per delivery. */
interface Round {
  readonly drained: number;
  readonly bare: BareSpeed;
  readonly statements: number;
  readonly batch: number;
  readonly cpuMicros: number;
  readonly peakMemoryMb: number;
}

/**
 * How fast one process delivers and records a backlog, against a bare loop with the same requests. The backlog is made by a
 * process that only serves the API, then a new process with a worker starts on it; the time runs from the first arrival at
 * the sink until all are recorded. A bare loop runs before and after each drain, and their mean counts.
 */
export async function drain(context: Context): Promise<Figure[]> {
  const toggles = context.quick ? 500 : 2000;
  let samples = await firstSamples(context);
  const rounds: Round[] = [];
  for (let turn = 0; turn < (context.quick ? 1 : 5); turn += 1) {
    const { host, sink } = context;
    const load = { requests: toggles * ENDPOINTS, concurrency: ENDPOINTS * MAX_IN_FLIGHT };
    await host.with({ roles: 'api' }, async ({ flags }) => {
      await flags.project(`drain${turn}`);
      await flags.toggles(`drain${turn}`, 't', toggles);
    });
    await host.stop();
    const before = await bareLoop(sink, { ...load, samples });
    const drained = await drainOnce(context, load.requests);
    samples = drained.samples;
    const after = await bareLoop(sink, { ...load, samples });
    rounds.push(toRound(drained, [before, after], load.requests));
  }
  return figuresOf(rounds, context.database.kind, toggles * ENDPOINTS);
}

/** Makes the endpoints, and has them sent a little. */
async function firstSamples({ host, sink }: Context): Promise<readonly string[]> {
  return host.with({ roles: 'api,worker' }, async ({ flags }) => {
    await flags.webhooks('drain', sink.url('/drain/'), ENDPOINTS, {
      events: ['TOGGLE.*'],
      maxInFlight: MAX_IN_FLIGHT,
    });
    await sink.reset();
    await flags.project('drain');
    await flags.toggles('drain', 't', FIRST_TOGGLES);
    await sink.waitFor(FIRST_TOGGLES * ENDPOINTS, LIMIT_MS);
    return (await sink.state()).samples;
  });
}

async function drainOnce({ host, sink, profile }: Context, count: number): Promise<Drained> {
  await sink.reset();
  return host.with({ roles: 'api,worker', fresh: true, profile }, async ({ server }) => {
    await sink.waitFor(1, LIMIT_MS);
    const before = await server.usage();
    await sink.waitFor(count, LIMIT_MS, 50);
    while ((await server.delivered()) < count) await delay(2);
    const end = sharedClockMs();
    const { firstAt, samples } = await sink.state();
    return { perSecond: count / ((end - firstAt) / 1000), samples, before, after: await server.usage() };
  });
}

function toRound({ perSecond, before, after }: Drained, bare: readonly BareSpeed[], count: number): Round {
  return {
    drained: perSecond,
    bare: {
      perSecond: mean(bare.map((speed) => speed.perSecond)),
      cpuMicros: mean(bare.map((speed) => speed.cpuMicros)),
    },
    statements: (after.statements - before.statements) / count,
    batch: count / (after.commits - before.commits),
    cpuMicros: ((after.cpuMs - before.cpuMs) * 1000) / count,
    peakMemoryMb: after.peakMemoryMb,
  };
}

function figuresOf(rounds: readonly Round[], kind: keyof typeof RATIO_TARGETS, count: number): Figure[] {
  const ratios = rounds.map(({ drained, bare }) => drained / bare.perSecond);
  const drained = median(rounds.map((round) => round.drained));
  const bare = median(rounds.map((round) => round.bare.perSecond));
  const bareCpu = median(rounds.map((round) => round.bare.cpuMicros));
  const cpu = median(rounds.map((round) => round.cpuMicros));
  const statements = median(rounds.map((round) => round.statements));
  const batch = median(rounds.map((round) => round.batch));
  const memory = Math.max(...rounds.map((round) => round.peakMemoryMb));
  return [
    figure('deliveries in the backlog', count),
    figure('rounds', rounds.length),
    figure('delivered and recorded', drained, '/s'),
    figure('bare POST loop', bare, '/s'),
    atLeast(RATIO_TARGETS[kind], 'drain ÷ bare loop, median of rounds', median(ratios)),
    figure('drain ÷ bare loop, least', Math.min(...ratios)),
    figure('drain ÷ bare loop, most', Math.max(...ratios)),
    atMost(2, 'SQL statements a delivery', statements),
    figure('deliveries a commit', batch, undefined, 0),
    figure('CPU of the server a delivery', cpu, 'µs'),
    figure('CPU of the bare loop a request', bareCpu, 'µs'),
    atMost(300, 'peak memory of the server', memory, 'MB'),
  ];
}
