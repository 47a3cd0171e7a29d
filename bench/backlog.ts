import { bareLoop } from './support/bare-loop.js';
import type { Context, Figure } from './support/context.js';
import { atLeast, atMost, figure } from './support/figures.js';

const PROJECT = 'backlog';
const ENDPOINTS = 100;
const TOGGLES = 200;
const LIMIT_MS = 300_000;

interface Sizes {
  /** Pending deliveries that are left behind what is measured. */
  readonly few: number;
  readonly many: number;
  /** Delivered while the clock runs, and before that, while the compiler warms up. */
  readonly measured: number;
  readonly warmUp: number;
}

const FULL: Sizes = { few: 10_000, many: 1_000_000, measured: 20_000, warmUp: 2_000 };
const QUICK: Sizes = { few: 1_000, many: 20_000, measured: 3_000, warmUp: 500 };

interface Speed {
  readonly perSecond: number;
  readonly barePerSecond: number;
  readonly memoryMb: number;
  readonly peakMemoryMb: number;
}

/**
 * What a hundred times as many pending deliveries do to the speed of the drain, and to memory. Each size is drained by a
 * new process, and in each the same number of deliveries is timed: the first ones, with the rest still pending behind them.
 */
export async function backlog(context: Context): Promise<Figure[]> {
  const sizes = context.quick ? QUICK : FULL;
  const { host, sink } = context;
  const toggles = await host.with({ roles: 'api' }, async ({ flags }) => {
    await flags.project(PROJECT);
    const made = await flags.toggles(PROJECT, 't', TOGGLES);
    await flags.webhooks('backlog', sink.url('/backlog/'), ENDPOINTS, {
      events: ['TOGGLE.PUBLISH'],
      projectKeys: [PROJECT],
    });
    return made;
  });
  const few = await speedWith(context, sizes, toggles, sizes.few + sizes.measured + sizes.warmUp, true);
  const many = await speedWith(context, sizes, toggles, sizes.many, false);
  return figuresOf(sizes, few, many);
}

/** @param drains whether to go on until nothing is pending */
async function speedWith(
  { host, sink, profile }: Context,
  { measured, warmUp }: Sizes,
  toggles: readonly string[],
  pending: number,
  drains: boolean,
): Promise<Speed> {
  await host.with({ roles: 'api' }, ({ flags }) =>
    flags.publishMany(PROJECT, toggles, Math.ceil(pending / ENDPOINTS)),
  );
  await host.stop();
  await sink.reset();
  const speed = await host.with({ roles: 'api,worker', fresh: true, profile }, async ({ server }) => {
    const start = await sink.waitFor(warmUp, LIMIT_MS);
    const end = await sink.waitFor(warmUp + measured, LIMIT_MS);
    const { memoryMb, peakMemoryMb } = await server.usage();
    if (drains) await sink.waitFor(Math.ceil(pending / ENDPOINTS) * ENDPOINTS, LIMIT_MS);
    const perSecond = ((end.count - start.count) * 1000) / (end.now - start.now);
    return { perSecond, memoryMb, peakMemoryMb };
  });
  // Nothing else may run beside the loop.
  await host.stop();
  const { samples } = await sink.state();
  const bare = await bareLoop(sink, { samples, requests: measured, concurrency: ENDPOINTS });
  return { ...speed, barePerSecond: bare.perSecond };
}

function figuresOf({ few, many, measured }: Sizes, small: Speed, large: Speed): Figure[] {
  const name = (count: number): string => count.toLocaleString('en-US');
  return [
    figure('deliveries timed, each', measured),
    figure(`drain with ${name(few)} pending behind`, small.perSecond, '/s'),
    figure(`drain with ${name(many)} pending`, large.perSecond, '/s'),
    figure(`bare POST loop after ${name(few)}`, small.barePerSecond, '/s'),
    figure(`bare POST loop after ${name(many)}`, large.barePerSecond, '/s'),
    atLeast(0.9, `${name(many)} ÷ ${name(few)}`, large.perSecond / small.perSecond),
    figure(
      'the same, each as a part of the bare loop after it',
      large.perSecond / large.barePerSecond / (small.perSecond / small.barePerSecond),
    ),
    figure(`resident memory with ${name(few)} pending, peak`, small.peakMemoryMb, 'MB'),
    figure(`resident memory with ${name(many)} pending`, large.memoryMb, 'MB'),
    atMost(300, `resident memory with ${name(many)} pending, peak`, large.peakMemoryMb, 'MB'),
  ];
}
