import { setTimeout as delay } from 'node:timers/promises';
import { Audience } from './support/audience.js';
import { bareLoop, type BareSpeed } from './support/bare-loop.js';
import type { Context, Figure } from './support/context.js';
import { atLeast, atMost, figure } from './support/figures.js';
import type { Session } from './support/host.js';
import { sharedClockMs } from './support/statistics.js';

const PROJECT = 'outreach';
const BATCH = 500;
const MAX_IN_FLIGHT = 10;
const LIMIT_MS = 600_000;

/** At the default rate of a channel. */
const USERS_PER_SECOND = 1_000;
const SMALL_BATCH = 50;

const TARGETS = { sqlite: 30_000, mysql: 15_000 } as const;

/** How a campaign went. */
interface Sent {
  readonly seconds: number;
  readonly cpuMicros: number;
  readonly statements: number;
  readonly samples: readonly string[];
  readonly peakMemoryMb: number;
}

/**
 * How fast a campaign goes out where nothing limits it, from publishing it to the end of its last user: half of the profiles, in requests of
 * 500, to a touchpoint that answers user by user. A bare loop sends the same requests in the same run. Then, how evenly a limited one is
 * sent to.
 */
export async function outreach(context: Context): Promise<Figure[]> {
  const profiles = context.quick ? 40_000 : 1_000_000;
  const users = profiles / 2;
  return context.host.with({ roles: 'api,worker', profile: context.profile }, async (session) => {
    const audience = new Audience(session.api, PROJECT);
    const start = performance.now();
    await audience.make(profiles);
    const imported = profiles / ((performance.now() - start) / 1000);
    const touchpointId = await audience.touchpoint({
      name: 'Coupons',
      url: context.sink.url('/reach'),
      batchSize: BATCH,
      maxInFlight: MAX_IN_FLIGHT,
    });
    // So few users are sent to before the compiler has warmed up.
    if (context.quick) await sendOnce(context, session, audience, touchpointId, users);
    const sent = await sendOnce(context, session, audience, touchpointId, users);
    const load = { samples: sent.samples, requests: users / BATCH, concurrency: MAX_IN_FLIGHT };
    const bare = await bareLoop(context.sink, load);
    const evenness = await measureEvenness(context, audience);
    return [
      figure('profiles', profiles),
      figure('imported', imported, '/s'),
      ...figuresOf(sent, bare, users, context.database.kind),
      ...evenness,
    ];
  });
}

async function sendOnce(
  { sink }: Context,
  { server }: Session,
  audience: Audience,
  touchpointId: number,
  users: number,
): Promise<Sent> {
  await sink.reset();
  const before = await server.usage();
  const start = sharedClockMs();
  const path = await audience.launch('Coupons for gold members', touchpointId);
  await waitForEnd(audience, path);
  const seconds = (sharedClockMs() - start) / 1000;
  const after = await server.usage();
  const succeeded = await audience.succeeded(path);
  if (succeeded !== users) throw new Error(`${succeeded} of ${users} users succeeded`);
  return {
    seconds,
    cpuMicros: ((after.cpuMs - before.cpuMs) * 1000) / users,
    statements: (after.statements - before.statements) / users,
    samples: (await sink.state()).samples,
    peakMemoryMb: after.peakMemoryMb,
  };
}

async function waitForEnd(audience: Audience, path: string): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while ((await audience.statusOf(path)) !== 'FINISHED') {
    if (Date.now() > end) throw new Error(`The campaign did not end within ${LIMIT_MS} ms`);
    await delay(50);
  }
}

/** Sends at the default rate for some seconds, then closes the campaign. */
async function measureEvenness({ sink, quick }: Context, audience: Audience): Promise<Figure[]> {
  const seconds = quick ? 4 : 10;
  const touchpointId = await audience.touchpoint({
    name: 'Evenly',
    url: sink.url('/reach'),
    batchSize: SMALL_BATCH,
    usersPerSecond: USERS_PER_SECOND,
  });
  await sink.reset({ keepsArrivals: true });
  const path = await audience.launch('Evenly', touchpointId);
  await sink.waitFor((seconds * USERS_PER_SECOND) / SMALL_BATCH, LIMIT_MS);
  const { arrivals } = await sink.state();
  await audience.close(path);
  const times = arrivals.map(({ at }) => at);
  const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return [
    atLeast(
      0.95 * USERS_PER_SECOND,
      'users a second, limited to 1,000',
      ((times.length - 1) * SMALL_BATCH) / span,
      '/s',
    ),
    atMost(USERS_PER_SECOND + SMALL_BATCH, 'most users in any second', mostWithin(times, 1000) * SMALL_BATCH),
    figure('longest gap between requests that are due each 50 ms', longestGap(times), 'ms'),
  ];
}

/** The most instants that lie within so many milliseconds. */
function mostWithin(times: readonly number[], ms: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
}

function figuresOf(
  { seconds, cpuMicros, statements, peakMemoryMb }: Sent,
  bare: BareSpeed,
  users: number,
  kind: keyof typeof TARGETS,
): Figure[] {
  const perSecond = users / seconds;
  const barePerSecond = bare.perSecond * BATCH;
  return [
    figure('users sent to', users),
    atLeast(TARGETS[kind], 'users a second, published to finished', perSecond, '/s'),
    figure('bare POST loop, users a second', barePerSecond, '/s'),
    figure('campaign ÷ bare loop', perSecond / barePerSecond),
    figure('CPU of the server a user', cpuMicros, 'µs'),
    figure('SQL statements a thousand users', statements * 1000),
    atMost(400, 'peak memory of the server, the import included', peakMemoryMb, 'MB'),
  ];
}
