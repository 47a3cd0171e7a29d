import { withServer, type Context, type Figure } from './support/context.js';
import { median, percentile, round } from './support/statistics.js';
import { runSteadyLoad } from './support/steady-load.js';

const PROJECT = 'latency';
const TOGGLES = 25;
const PER_SECOND = 50;

/** How soon a published change is at the receiver, at 50 changes a second over several toggles. */
export async function latency(context: Context): Promise<Figure[]> {
  return withServer(context, { roles: 'api,worker', profile: context.profile }, async ({ flags }) => {
    await flags.project(PROJECT);
    const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
    const path = '/latency';
    await flags.webhook('latency', context.sink.url(path), {
      events: ['TOGGLE.PUBLISH'],
      projectKeys: [PROJECT],
    });
    const load = { project: PROJECT, toggles, perSecond: PER_SECOND, path };
    await runSteadyLoad(flags, context.sink, { ...load, seconds: 2 }); // warms up
    const measured = await runSteadyLoad(flags, context.sink, { ...load, seconds: context.quick ? 4 : 20 });
    return figuresOf(measured.fromAnswer, measured.fromRequest);
  });
}

function figuresOf(fromAnswer: number[], fromRequest: number[]): Figure[] {
  const [middle, late] = [median(fromAnswer), percentile(fromAnswer, 99)];
  return [
    { name: 'changes', value: fromAnswer.length },
    {
      name: 'answer → arrival, median',
      value: round(middle, 1),
      unit: 'ms',
      target: '< 20',
      met: middle < 20,
    },
    { name: 'answer → arrival, p99', value: round(late, 1), unit: 'ms', target: '< 100', met: late < 100 },
    { name: 'answer → arrival, slowest', value: round(Math.max(...fromAnswer), 1), unit: 'ms' },
    { name: 'request → arrival, median', value: round(median(fromRequest), 1), unit: 'ms' },
    { name: 'request → arrival, p99', value: round(percentile(fromRequest, 99), 1), unit: 'ms' },
  ];
}
