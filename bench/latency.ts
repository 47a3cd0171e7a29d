import type { Context, Figure } from './support/context.js';
import { atMost, figure } from './support/figures.js';
import { median, percentile } from './support/statistics.js';
import { measureSteadyLoad, type Latencies } from './support/steady-load.js';

const PROJECT = 'latency';
const TOGGLES = 25;
const PER_SECOND = 100;

/** How soon a published change is at the receiver, at 100 changes a second over several toggles. */
export async function latency({ host, sink, quick, profile }: Context): Promise<Figure[]> {
  return host.with({ roles: 'api,worker', profile }, async ({ flags }) => {
    await flags.project(PROJECT);
    const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
    const path = '/latency';
    await flags.webhook('latency', sink.url(path), { events: ['TOGGLE.PUBLISH'], projectKeys: [PROJECT] });
    const load = { project: PROJECT, toggles, perSecond: PER_SECOND };
    const receivers = { paths: [path], answering: 1 };
    await measureSteadyLoad(flags, sink, { ...load, seconds: quick ? 1 : 3 }, receivers); // warms up
    return figuresOf(await measureSteadyLoad(flags, sink, { ...load, seconds: quick ? 3 : 30 }, receivers));
  });
}

function figuresOf({ fromAnswer, fromRequest, late }: Latencies): Figure[] {
  return [
    figure('changes', fromAnswer.length),
    atMost(10, 'answer → arrival, median', median(fromAnswer), 'ms'),
    atMost(50, 'answer → arrival, p99', percentile(fromAnswer, 99), 'ms'),
    figure('answer → arrival, slowest', Math.max(...fromAnswer), 'ms'),
    figure('request → arrival, median', median(fromRequest), 'ms'),
    figure('request → arrival, p99', percentile(fromRequest, 99), 'ms'),
    figure('load sent later than planned, p99', percentile(late, 99), 'ms'),
  ];
}
