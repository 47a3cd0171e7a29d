import type { Context, Figure } from './support/context.js';
import { atMost, figure } from './support/figures.js';
import type { Flags } from './support/flags.js';
import { median, percentile } from './support/statistics.js';
import { measureSteadyLoad, type SteadyLoad } from './support/steady-load.js';

const PROJECT = 'isolation';
const TOGGLES = 25;
const PER_SECOND = 100;

/** The endpoints whose latency counts; the tenth either hangs or is like them. */
const PATHS = Array.from({ length: 9 }, (_, index) => `/healthy/${index}`);

const OPTIONS = { events: ['TOGGLE.PUBLISH'], projectKeys: [PROJECT], timeoutMs: 30_000 };

/**
 * What an endpoint that never answers does to the latency of nine others, against a tenth that is as healthy as they are: the
 * same changes at the same rate for ten endpoints in both cases, which take turns.
 */
export async function isolation({ host, sink, quick }: Context): Promise<Figure[]> {
  return host.with({ roles: 'api,worker' }, async ({ flags }) => {
    const load = await prepare(flags);
    await flags.webhooks('healthy', sink.url('/healthy/'), PATHS.length, OPTIONS);
    const tenth = await flags.webhook('tenth', sink.url('/tenth'), OPTIONS);
    const hanging = await flags.webhook('hanging', sink.url('/hang'), { ...OPTIONS, status: 'DISABLE' });
    const measure = async (seconds: number, answering: number): Promise<number[]> => {
      const receivers = { paths: PATHS, answering };
      return (await measureSteadyLoad(flags, sink, { ...load, seconds }, receivers)).fromAnswer;
    };
    await measure(quick ? 1 : 3, 10); // warms up
    const beside: Record<'healthy' | 'hanging', number[]> = { healthy: [], hanging: [] };
    for (let turn = 0; turn < (quick ? 2 : 4); turn += 1) {
      beside.healthy.push(...(await measure(quick ? 1 : 5, 10)));
      await flags.setWebhookStatus(tenth, 'DISABLE');
      await flags.setWebhookStatus(hanging, 'ENABLE');
      beside.hanging.push(...(await measure(quick ? 1 : 5, 9)));
      await flags.setWebhookStatus(hanging, 'DISABLE');
      await flags.setWebhookStatus(tenth, 'ENABLE');
      await sink.release();
    }
    return figuresOf(beside.healthy, beside.hanging);
  });
}

async function prepare(flags: Flags): Promise<Omit<SteadyLoad, 'seconds'>> {
  await flags.project(PROJECT);
  const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
  return { project: PROJECT, toggles, perSecond: PER_SECOND };
}

function figuresOf(healthy: number[], hanging: number[]): Figure[] {
  return [
    figure('arrivals measured, each', healthy.length),
    figure('answer → arrival, ten healthy, median', median(healthy), 'ms'),
    figure('answer → arrival, nine beside a hanging one, median', median(hanging), 'ms'),
    figure('answer → arrival, ten healthy, p99', percentile(healthy, 99), 'ms'),
    figure('answer → arrival, nine beside a hanging one, p99', percentile(hanging, 99), 'ms'),
    atMost(1.2, 'beside a hanging one ÷ all healthy, median', median(hanging) / median(healthy)),
  ];
}
