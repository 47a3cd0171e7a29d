import { setTimeout as delay } from 'node:timers/promises';
import { withServer, type Context, type Figure, type Session } from './support/context.js';
import { median, round } from './support/statistics.js';

const PROJECT = 'memory';
const ENDPOINTS = 10;
const TOGGLES = 50;
const PUBLISHERS = 4;

/** Publishes whose body is about 1 MiB, spread over the run. */
const LARGE = 10;

/** How far the sink may fall behind before publishing waits, in deliveries: a backlog would be measured as well. */
const MAX_BEHIND = 2_000;

const LIMIT_MS = 900_000;

/** A list that makes the content of a toggle just under its limit of 1 MiB. */
const MANY_CITIES = Array.from({ length: 15_500 }, (_, index) => `city ${index} `.padEnd(64, 'x'));

/** The server's memory at one moment, MB. */
interface Sample {
  readonly resident: number;
  readonly heap: number;
}

/**
 * Whether the server's memory stays flat while it delivers: publishes go to ten webhooks, ten of them with bodies of 1 MiB. The last
 * quarter of the run is held against the second: in the first one, caches and the heap grow to their size. Of the heap the least
 * of a quarter counts, which is what is left after a collection.
 */
export async function memory(context: Context): Promise<Figure[]> {
  const publishes = context.quick ? 1_000 : 20_000;
  return withServer(context, { roles: 'api,worker', profile: context.profile }, async (session) => {
    const { flags } = session;
    await flags.project(PROJECT);
    const toggles = await flags.toggles(PROJECT, 't', TOGGLES);
    for (let index = 0; index < ENDPOINTS; index += 1) {
      await flags.webhook(`memory ${index}`, context.sink.url(`/memory/${index}`), {
        events: ['TOGGLE.PUBLISH'],
        timeoutMs: 30_000,
      });
    }
    const samples: Sample[] = [];
    await context.sink.reset();
    await publishAll({ context, session, toggles, publishes, samples });
    await context.sink.waitFor(publishes * ENDPOINTS, LIMIT_MS, 100);
    return figuresOf(samples, publishes * ENDPOINTS, (await session.server.usage()).peakMemoryMb);
  });
}

interface Run {
  readonly context: Context;
  readonly session: Session;
  readonly toggles: readonly string[];
  readonly publishes: number;
  readonly samples: Sample[];
}

async function publishAll({ context, session, toggles, publishes, samples }: Run): Promise<void> {
  const sampleEvery = Math.ceil(publishes / 100);
  let turn = 0;
  const publisher = async (lane: number): Promise<void> => {
    for (;;) {
      const mine = turn;
      turn += 1;
      if (mine >= publishes) return;
      const isLarge = mine % Math.floor(publishes / LARGE) === 0;
      // Each publisher has toggles of its own: two at once on one toggle would be a conflict.
      const own = toggles.filter((_, index) => index % PUBLISHERS === lane);
      const toggle = own[mine % own.length] ?? '';
      await session.flags.publish(PROJECT, toggle, mine, isLarge ? MANY_CITIES : undefined);
      if (mine % sampleEvery !== 0) continue;
      await context.sink.waitFor(mine * ENDPOINTS - MAX_BEHIND, LIMIT_MS);
      const { memoryMb, heapMb } = await session.server.usage();
      samples.push({ resident: memoryMb, heap: heapMb });
      await delay(1);
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, (_, lane) => publisher(lane)));
}

function figuresOf(samples: readonly Sample[], deliveries: number, peak: number): Figure[] {
  const quarter = (index: number): readonly Sample[] =>
    samples.slice(Math.floor((samples.length * index) / 4), Math.floor((samples.length * (index + 1)) / 4));
  const resident = (part: readonly Sample[]): number => median(part.map((sample) => sample.resident));
  const heap = (part: readonly Sample[]): number => Math.min(...part.map((sample) => sample.heap));
  const [early, late] = [quarter(1), quarter(3)];
  const growth = resident(late) / resident(early);
  return [
    { name: 'deliveries', value: deliveries },
    { name: 'of these with bodies of 1 MiB', value: LARGE * ENDPOINTS },
    { name: 'resident, second quarter', value: round(resident(early)), unit: 'MB' },
    { name: 'resident, last quarter', value: round(resident(late)), unit: 'MB' },
    { name: 'resident, last ÷ second', value: round(growth, 2), target: '≤ 1.2', met: growth <= 1.2 },
    { name: 'heap after collections, second quarter', value: round(heap(early)), unit: 'MB' },
    { name: 'heap after collections, last quarter', value: round(heap(late)), unit: 'MB' },
    { name: 'peak memory of the server', value: round(peak), unit: 'MB' },
  ];
}
