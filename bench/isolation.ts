import { withServer, type Context, type Figure } from './support/context.js';
import { median, percentile, round } from './support/statistics.js';
import { runSteadyLoad } from './support/steady-load.js';

const PROJECT = 'isolation';
const TOGGLES = 25;
const PER_SECOND = 50;

/** What an endpoint that never answers does to the latency of another: both get the same events; phases take turns. */
export async function isolation(context: Context): Promise<Figure[]> {
  const { sink, quick } = context;
  return withServer(context, { roles: 'api,worker' }, async ({ flags }) => {
    await flags.project(PROJECT);
    const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
    const path = '/healthy';
    const only = { events: ['TOGGLE.PUBLISH'], projectKeys: [PROJECT], timeoutMs: 30_000 };
    await flags.webhook('healthy', sink.url(path), only);
    const hanging = await flags.webhook('hanging', sink.url('/hang'), { ...only, status: 'DISABLE' });
    const load = { project: PROJECT, toggles, perSecond: PER_SECOND, path, seconds: quick ? 2 : 5 };
    await runSteadyLoad(flags, sink, { ...load, seconds: 2 }); // warms up
    const alone: number[] = [];
    const beside: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      alone.push(...(await runSteadyLoad(flags, sink, load)).fromAnswer);
      await flags.setWebhookStatus(hanging, 'ENABLE');
      beside.push(...(await runSteadyLoad(flags, sink, load)).fromAnswer);
      await flags.setWebhookStatus(hanging, 'DISABLE');
      await sink.release();
    }
    return figuresOf(alone, beside);
  });
}

function figuresOf(alone: number[], beside: number[]): Figure[] {
  const ratio = median(beside) / median(alone);
  return [
    { name: 'answer → arrival, alone, median', value: round(median(alone), 1), unit: 'ms' },
    { name: 'answer → arrival, beside a hanging one, median', value: round(median(beside), 1), unit: 'ms' },
    { name: 'answer → arrival, alone, p99', value: round(percentile(alone, 99), 1), unit: 'ms' },
    {
      name: 'answer → arrival, beside a hanging one, p99',
      value: round(percentile(beside, 99), 1),
      unit: 'ms',
    },
    { name: 'beside a hanging one ÷ alone', value: round(ratio, 2), target: '≤ 1.5', met: ratio <= 1.5 },
  ];
}
