import { setTimeout as delay } from 'node:timers/promises';
import type { Context, Figure } from './support/context.js';
import { atMost, figure } from './support/figures.js';
import type { Session } from './support/host.js';
import { median, sharedClockMs } from './support/statistics.js';

const WEBHOOKS = 100;
const TOGGLES = 10;
const LIMIT_MS = 30_000;

/** After the last result, for whatever the engine does when it has nothing left to do. */
const SETTLING_MS = 10;

/**
 * What a hundred matching webhooks add to the API's answer to a publish. Publishes of a project that all webhooks want and of
 * one that none wants take turns. With a worker, each publish starts when the deliveries before it are done; without
 * one the planning alone is measured.
 */
export async function fanout(context: Context): Promise<Figure[]> {
  const { host, sink, quick } = context;
  const turns = quick ? 20 : 200;
  const delivered = await host.with({ roles: 'api,worker' }, async (session) => {
    await prepare(context, session);
    await sink.reset();
    const before = await session.server.delivered();
    return compare(session, turns, async (publishes) => {
      await sink.waitFor(publishes * WEBHOOKS, LIMIT_MS, 2);
      while ((await session.server.delivered()) < before + publishes * WEBHOOKS) await delay(5);
      await delay(SETTLING_MS);
    });
  });
  const planned = await host.with({ roles: 'api' }, (session) =>
    compare(session, turns, () => Promise.resolve()),
  );
  return [...figuresOf('worker off', planned), ...figuresOf('worker on', delivered)];
}

async function prepare({ sink }: Context, { flags }: Session): Promise<void> {
  for (const project of ['wanted', 'unwanted']) {
    await flags.project(project);
    await flags.toggles(project, 't', TOGGLES);
  }
  await flags.webhooks('fanout', sink.url('/fanout/'), WEBHOOKS, {
    events: ['TOGGLE.PUBLISH'],
    projectKeys: ['wanted'],
  });
}

interface Times {
  readonly wanted: number[];
  readonly unwanted: number[];
}

/** @param delivered waits until so many publishes of the wanted project are delivered */
async function compare(
  { flags }: Session,
  turns: number,
  delivered: (publishes: number) => Promise<void>,
): Promise<Times> {
  const times: Times = { wanted: [], unwanted: [] };
  const warmUp = Math.ceil(turns / 5);
  for (let turn = 0; turn < warmUp + turns; turn += 1) {
    for (const project of ['wanted', 'unwanted'] as const) {
      const start = sharedClockMs();
      await flags.publish(project, `t${turn % TOGGLES}`, turn);
      if (turn >= warmUp) times[project].push(sharedClockMs() - start);
      await delivered(turn + 1);
    }
  }
  return times;
}

function figuresOf(label: string, { wanted, unwanted }: Times): Figure[] {
  return [
    figure(`publish, ${WEBHOOKS} webhooks, ${label}`, median(wanted), 'ms'),
    figure(`publish, none, ${label}`, median(unwanted), 'ms'),
    atMost(2, `${WEBHOOKS} ÷ none, ${label}`, median(wanted) / median(unwanted)),
  ];
}
