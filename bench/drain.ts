import { setTimeout as delay } from 'node:timers/promises';
import { bareLoop, type BareSpeed } from './support/bare-loop.js';
import { withServer, type Context, type Figure, type Session } from './support/context.js';
import { median, round, sharedClockMs } from './support/statistics.js';

const ENDPOINTS = 10;
const MAX_IN_FLIGHT = 10;
const LIMIT_MS = 120_000;

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
 * How fast a backlog is delivered and recorded, against a bare loop of the same HTTP client with the same requests. The
 * backlog is made by a process that only serves the API, then a process with a worker starts on it; the time runs from the
 * first arrival at the sink until nothing is pending.
 */
export async function drain(context: Context): Promise<Figure[]> {
  const toggles = context.quick ? 400 : 2000;
  const rounds: Round[] = [];
  await withServer(context, { roles: 'api' }, (session) => makeEndpoints(context, session));
  for (let turn = 0; turn < (context.quick ? 1 : 3); turn += 1) {
    rounds.push(await drainOnce(context, turn, toggles));
  }
  return figuresOf(rounds, toggles * ENDPOINTS);
}

async function makeEndpoints({ sink }: Context, { flags }: Session): Promise<void> {
  for (let index = 0; index < ENDPOINTS; index += 1) {
    await flags.webhook(`drain ${index}`, sink.url(`/drain/${index}`), {
      events: ['TOGGLE.*'],
      maxInFlight: MAX_IN_FLIGHT,
    });
  }
}

async function drainOnce(context: Context, turn: number, toggles: number): Promise<Round> {
  const { sink, profile } = context;
  const count = toggles * ENDPOINTS;
  await withServer(context, { roles: 'api' }, async ({ flags }) => {
    await flags.project(`drain${turn}`);
    await flags.toggles(`drain${turn}`, 't', toggles);
  });
  await sink.reset();
  const drained = await withServer(context, { roles: 'api,worker', profile }, async ({ server, api }) => {
    await sink.waitFor(1, LIMIT_MS);
    const before = await server.usage();
    await sink.waitFor(count, LIMIT_MS, 50);
    while ((await api.pending()) > 0) await delay(2);
    return { at: sharedClockMs(), before, after: await server.usage() };
  });
  const { firstAt, samples } = await sink.state();
  const load = { requests: count, concurrency: ENDPOINTS * MAX_IN_FLIGHT };
  const url = sink.url('/bare');
  await bareLoop(url, samples, { ...load, requests: 2000 });
  const bare = await bareLoop(url, samples, load);
  const { at, before, after } = drained;
  return {
    drained: count / ((at - firstAt) / 1000),
    bare,
    statements: (after.statements - before.statements) / count,
    batch: count / (after.commits - before.commits),
    cpuMicros: ((after.cpuMs - before.cpuMs) * 1000) / count,
    peakMemoryMb: after.peakMemoryMb,
  };
}

function figuresOf(rounds: readonly Round[], count: number): Figure[] {
  const middle = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const ratio = middle(({ drained, bare }) => drained / bare.perSecond);
  const memory = Math.max(...rounds.map(({ peakMemoryMb }) => peakMemoryMb));
  return [
    { name: 'deliveries in the backlog', value: count },
    { name: 'delivered and recorded', value: round(middle(({ drained }) => drained)), unit: '/s' },
    { name: 'bare POST loop', value: round(middle(({ bare }) => bare.perSecond)), unit: '/s' },
    { name: 'drain ÷ bare loop', value: round(ratio, 2), target: '≥ 0.3', met: ratio >= 0.3 },
    {
      name: 'SQL statements a delivery',
      value: round(
        middle(({ statements }) => statements),
        2,
      ),
    },
    { name: 'deliveries a round', value: round(middle(({ batch }) => batch)) },
    { name: 'CPU of the server a delivery', value: round(middle(({ cpuMicros }) => cpuMicros)), unit: 'µs' },
    {
      name: 'CPU of the bare loop a request',
      value: round(middle(({ bare }) => bare.cpuMicros)),
      unit: 'µs',
    },
    {
      name: 'peak memory of the server',
      value: round(memory),
      unit: 'MB',
      target: '< 300',
      met: memory < 300,
    },
  ];
}
