import { setTimeout as delay } from 'node:timers/promises';
import type { Flags } from './flags.js';
import type { Sink } from './sink.js';
import { sharedClockMs } from './statistics.js';

/** A steady stream of publishes, spread over toggles in turn. */
export interface SteadyLoad {
  readonly project: string;
  readonly toggles: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** The receiver whose arrivals count, as a path at the sink. */
  readonly path: string;
}

/** How long each change took to arrive, milliseconds. */
export interface Latencies {
  readonly fromAnswer: number[];
  readonly fromRequest: number[];
}

interface Publish {
  readonly requested: number;
  readonly answered: number;
}

/** Longest wait for the last arrivals. */
const LIMIT_MS = 10_000;

/**
 * Publishes at a steady rate, whatever the answers take, and tells when each change arrived. Deliveries of one toggle arrive
 * in order, so the n-th arrival for a toggle is its n-th publish.
 */
export async function runSteadyLoad(flags: Flags, sink: Sink, load: SteadyLoad): Promise<Latencies> {
  await sink.reset({ keepsArrivals: true });
  const publishes = await publishAll(flags, load);
  const arrivals = await arrivalsOf(sink, load);
  const latencies: Latencies = { fromAnswer: [], fromRequest: [] };
  for (const [toggle, ofToggle] of publishes) {
    const arrived = arrivals.get(toggle) ?? [];
    if (arrived.length !== ofToggle.length)
      throw new Error(`${arrived.length} of ${ofToggle.length} changes of ${toggle} arrived`);
    ofToggle.forEach(({ requested, answered }, index) => {
      const at = arrived[index] ?? 0;
      // One that overtook its answer was not late at all.
      latencies.fromAnswer.push(Math.max(at - answered, 0));
      latencies.fromRequest.push(at - requested);
    });
  }
  return latencies;
}

async function publishAll(flags: Flags, load: SteadyLoad): Promise<Map<string, Publish[]>> {
  const publishes = new Map<string, Publish[]>(load.toggles.map((toggle) => [toggle, []]));
  const last = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const publishAfter = async (
    before: Promise<void> | undefined,
    toggle: string,
    turn: number,
  ): Promise<void> => {
    await before;
    try {
      publishes.get(toggle)?.push(await publishOnce(flags, load.project, toggle, turn));
    } catch (error) {
      failures.push(error);
    }
  };
  const start = sharedClockMs();
  for (let turn = 0; turn < load.perSecond * load.seconds; turn += 1) {
    await delay(Math.max(start + (turn * 1000) / load.perSecond - sharedClockMs(), 0));
    const toggle = load.toggles[turn % load.toggles.length] ?? '';
    last.set(toggle, publishAfter(last.get(toggle), toggle, turn));
  }
  await Promise.all(last.values());
  if (failures.length > 0) throw failures[0];
  return publishes;
}

async function publishOnce(flags: Flags, project: string, toggle: string, turn: number): Promise<Publish> {
  const requested = sharedClockMs();
  await flags.publish(project, toggle, turn);
  return { requested, answered: sharedClockMs() };
}

/** When the changes of each toggle arrived at the path, in the order of their coming. */
async function arrivalsOf(
  sink: Sink,
  { perSecond, seconds, path }: SteadyLoad,
): Promise<Map<string, number[]>> {
  await sink.waitFor(perSecond * seconds, LIMIT_MS);
  const { arrivals } = await sink.state();
  const byToggle = new Map<string, number[]>();
  for (const arrival of arrivals) {
    if (arrival.path !== path) continue;
    const known = byToggle.get(arrival.toggleKey);
    if (known) known.push(arrival.at);
    else byToggle.set(arrival.toggleKey, [arrival.at]);
  }
  return byToggle;
}
