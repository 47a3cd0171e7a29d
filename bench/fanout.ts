import { setTimeout as delay } from 'node:timers/promises';
import { withServer, type Context, type Figure, type Session } from './support/context.js';
import { median, round, sharedClockMs } from './support/statistics.js';

const WEBHOOKS = 10;
const TOGGLES = 10;
const LIMIT_MS = 30_000;

/** After the last arrival, for the engine to write its results down. */
const SETTLING_MS = 15;

/**
 * What ten matching webhooks add to the API's answer to a publish. Publishes of a project that all webhooks want and of one
 * that none wants take turns. Without a worker the planning alone is measured; with one, each publish starts when
 * the deliveries before it are done.
 */
export async function fanout(context: Context): Promise<Figure[]> {
  const turns = context.quick ? 60 : 300;
  await withServer(context, { roles: 'api' }, (session) => prepare(context, session));
  const planned = await withServer(context, { roles: 'api' }, (session) => compare(session, turns));
  const delivered = await withServer(context, { roles: 'api,worker' }, async (session) => {
    while ((await session.api.pending()) > 0) await delay(50);
    await context.sink.reset();
    return compare(session, turns, context);
  });
  return [...figuresOf('worker off', planned), ...figuresOf('worker on', delivered)];
}

async function prepare({ sink }: Context, { flags }: Session): Promise<void> {
  for (const project of ['wanted', 'unwanted']) {
    await flags.project(project);
    await flags.toggles(project, 't', TOGGLES);
  }
  for (let index = 0; index < WEBHOOKS; index += 1) {
    await flags.webhook(`fanout ${index}`, sink.url('/fanout'), {
      events: ['TOGGLE.PUBLISH'],
      projectKeys: ['wanted'],
    });
  }
}

interface Times {
  readonly wanted: number[];
  readonly unwanted: number[];
}

/** @param delivering given: waits after each publish until all got it */
async function compare({ flags }: Session, turns: number, delivering?: Context): Promise<Times> {
  const times: Times = { wanted: [], unwanted: [] };
  for (let turn = -20; turn < turns; turn += 1) {
    for (const project of ['wanted', 'unwanted'] as const) {
      const start = sharedClockMs();
      await flags.publish(project, `t${Math.abs(turn) % TOGGLES}`, turn + 20);
      if (turn >= 0) times[project].push(sharedClockMs() - start);
      if (delivering) await delivering.sink.waitFor((turn + 21) * WEBHOOKS, LIMIT_MS, 2);
      if (delivering) await delay(SETTLING_MS);
    }
  }
  return times;
}

function figuresOf(label: string, { wanted, unwanted }: Times): Figure[] {
  const ratio = median(wanted) / median(unwanted);
  return [
    { name: `publish, 10 webhooks, ${label}`, value: round(median(wanted), 2), unit: 'ms' },
    { name: `publish, none, ${label}`, value: round(median(unwanted), 2), unit: 'ms' },
    { name: `10 ÷ none, ${label}`, value: round(ratio, 2), target: '≤ 1.5', met: ratio <= 1.5 },
  ];
}
