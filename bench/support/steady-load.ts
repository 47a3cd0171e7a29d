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
}

/** The receivers whose arrivals count, as paths at the sink, and how many take each change in all. */
export interface Receivers {
  readonly paths: readonly string[];
  readonly answering: number;
}

/** Milliseconds, for each change and receiver. */
export interface Latencies {
  readonly fromAnswer: number[];
  readonly fromRequest: number[];
  /** How much later than planned the load was sent, for each change: what the load generator itself adds. */
  readonly late: number[];
}

interface Publish {
  readonly requested: number;
  readonly answered: number;
}

interface Published {
  readonly byToggle: ReadonlyMap<string, Publish[]>;
  readonly late: number[];
}

/** Longest wait for the last arrivals. */
const LIMIT_MS = 30_000;

/**
 * Publishes at a steady rate, whatever the answers take, and tells when each change arrived. Deliveries of one toggle arrive
 * in order, so the n-th arrival for a toggle is its n-th publish.
 */
export async function measureSteadyLoad(
  flags: Flags,
  sink: Sink,
  load: SteadyLoad,
  { paths, answering }: Receivers,
): Promise<Latencies> {
  await sink.reset({ keepsArrivals: true });
  const { byToggle, late } = await publishSteadily(flags, load);
  await sink.waitFor(late.length * answering, LIMIT_MS);
  const arrivals = await arrivalsByReceiver(sink);
  const latencies: Latencies = { fromAnswer: [], fromRequest: [], late };
  for (const path of paths) {
    for (const [toggle, publishes] of byToggle) {
      addLatencies(latencies, publishes, arrivals.get(`${path} ${toggle}`) ?? []);
    }
  }
  return latencies;
}

function addLatencies(latencies: Latencies, publishes: readonly Publish[], arrived: readonly number[]): void {
  if (arrived.length !== publishes.length)
    throw new Error(`${arrived.length} of ${publishes.length} changes of a toggle arrived`);
  publishes.forEach(({ requested, answered }, index) => {
    const at = arrived[index] ?? 0;
    // One that overtook its answer was not late at all.
    latencies.fromAnswer.push(Math.max(at - answered, 0));
    latencies.fromRequest.push(at - requested);
  });
}

/** Publishes at a steady rate; those of one toggle wait for one another. */
export async function publishSteadily(flags: Flags, load: SteadyLoad): Promise<Published> {
  const byToggle = new Map<string, Publish[]>(load.toggles.map((toggle) => [toggle, []]));
  const last = new Map<string, Promise<void>>();
  const late: number[] = [];
  const failures: unknown[] = [];
  const publishAfter = async (before: Promise<void> | undefined, toggle: string, turn: number) => {
    await before;
    try {
      byToggle.get(toggle)?.push(await publishOnce(flags, load.project, toggle, turn));
    } catch (error) {
      failures.push(error);
    }
  };
  const start = sharedClockMs();
  for (let turn = 0; turn < load.perSecond * load.seconds && failures.length === 0; turn += 1) {
    const due = start + (turn * 1000) / load.perSecond;
    await delay(Math.max(due - sharedClockMs(), 0));
    late.push(Math.max(sharedClockMs() - due, 0));
    const toggle = load.toggles[turn % load.toggles.length] ?? '';
    last.set(toggle, publishAfter(last.get(toggle), toggle, turn));
  }
  await Promise.all(last.values());
  if (failures.length > 0) throw failures[0];
  return { byToggle, late };
}

async function publishOnce(flags: Flags, project: string, toggle: string, turn: number): Promise<Publish> {
  const requested = sharedClockMs();
  await flags.publish(project, toggle, turn);
  return { requested, answered: sharedClockMs() };
}

/** When changes arrived, by path and toggle, in the order of their coming. */
async function arrivalsByReceiver(sink: Sink): Promise<Map<string, number[]>> {
  const { arrivals } = await sink.state();
  const byReceiver = new Map<string, number[]>();
  for (const { path, toggleKey, at } of arrivals) {
    const key = `${path} ${toggleKey}`;
    const known = byReceiver.get(key);
    if (known) known.push(at);
    else byReceiver.set(key, [at]);
  }
  return byReceiver;
}
