import { vi } from 'vitest';
import { checkWorld } from './invariants.js';
import type { Mood } from './network.js';
import type { Storage } from './storage.js';
import { World, type EndpointTraits } from './world.js';

const MOODS: readonly [Mood, ...Mood[]] = [
  'fine',
  'fine',
  'broken',
  'hanging',
  'unreachable',
  'moody',
  'busy',
  'gone',
  'picky',
];

/** How long things go wrong, and how long the healed world may take to come to rest, virtual milliseconds. */
const TROUBLE_MS = 25_000;
const REST_MS = 240_000;

/** Lives through the schedule of a seed; answers what went against the engine's promises. */
export async function runSchedule(seed: number, storage: Storage): Promise<string[]> {
  await storage.empty();
  const world = new World(seed, storage);
  const random = vi.spyOn(Math, 'random').mockImplementation(() => world.random.next());
  try {
    await begin(world);
    await world.pass(TROUBLE_MS);
    heal(world);
    world.clock.setTimer(REST_MS / 2, () => world.cancelOrphans());
    await world.pass(REST_MS, () => storage.pendingCount() === 0);
    return checkWorld(world);
  } finally {
    random.mockRestore();
    world.killAll();
  }
}

async function begin(world: World): Promise<void> {
  const { random } = world;
  const processes = random.between(1, 3);
  const stalls = random.chance(0.4) ? 0.05 : 0;
  for (let count = 0; count < processes; count += 1) await world.addProcess({ stalls });
  const endpoints = random.between(1, 3);
  for (let count = 0; count < endpoints; count += 1) await world.addEndpoint(traits(world));
  world.faultRate = random.pick([0, 0.02, 0.15]);
  world.ownerFaultRate = random.pick([0, 0.1]);
  const changes = random.between(5, 40);
  for (let count = 0; count < changes; count += 1) at(world, () => world.change());
  for (const id of world.endpointIds) scheduleEndpoint(world, id);
  const kills = random.pick([0, 1, 4]);
  for (let count = 0; count < kills; count += 1) at(world, () => world.replaceProcess());
  // Leases of several processes are compared by their wall clocks, which are taken to agree.
  if (processes === 1 && random.chance(0.2))
    at(world, () => world.clock.jump(random.pick([-3_600_000, -2000, 2000, 3_600_000])));
}

function traits({ random }: World): EndpointTraits {
  return {
    ordering: random.pick(['RESOURCE', 'RESOURCE', 'LATEST', 'NONE']),
    maxInFlight: random.between(1, 4),
    maxPerSecond: random.chance(0.3) ? random.between(1, 20) : undefined,
    reportsEnds: random.chance(0.3),
  };
}

function scheduleEndpoint(world: World, id: number): void {
  const { random } = world;
  for (let count = random.between(0, 5); count > 0; count -= 1)
    at(world, () => world.setMood(id, random.pick(MOODS)));
  if (!random.chance(0.2)) return;
  at(world, () => {
    world.disable(id);
    world.clock.setTimer(random.between(1, 5000), () => world.enable(id));
  });
}

function at(world: World, run: () => void): void {
  world.clock.setTimer(world.random.between(0, TROUBLE_MS), run);
}

function heal(world: World): void {
  world.faultRate = 0;
  world.ownerFaultRate = 0;
  world.stopStalling();
  for (const id of world.endpointIds) world.setMood(id, 'fine');
}
