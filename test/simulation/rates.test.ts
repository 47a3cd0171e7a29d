import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryClaims } from '../../src/delivery/queue/delivery-claims.js';
import { Storage } from './storage.js';
import { World } from './world.js';

/** Rates, on a virtual clock: instants say what the engine does, and nothing of the machine. */
describe('a rate that counts costs', { timeout: 120_000 }, () => {
  let storage: Storage;
  let world: World;

  beforeAll(async () => {
    storage = await Storage.open();
  });
  afterAll(async () => {
    await storage.close();
  });
  beforeEach(async () => {
    await storage.empty();
    world = new World(1, storage, { deliveryConcurrency: 1_000 });
  });

  const endpoint = async (maxPerSecond: number, processes = 1): Promise<number> => {
    for (let count = 0; count < processes; count += 1) await world.addProcess({ stalls: 0 });
    return world.addEndpoint({ ordering: 'NONE', maxInFlight: 1_000, maxPerSecond, reportsEnds: false });
  };
  /** When each was sent, milliseconds after the first, and what it costs; in the order of their instants. */
  const sends = (): { at: number; cost: number }[] => {
    const { arrivals } = world.network;
    const first = arrivals[0]?.at ?? 0;
    return arrivals.map(({ at, deliveryId }) => ({ at: at - first, cost: world.costs.get(deliveryId) ?? 0 }));
  };
  const drained = (): Promise<void> => world.pass(600_000, () => storage.pendingCount() === 0);
  /** For each send, what was sent before it, as time at that rate less its instant: 0 where it goes just when it may. */
  const lags = (rate: number): number[] => {
    let before = 0;
    return sends().map(({ at, cost }) => {
      const lag = at - before;
      before += (cost * 1000) / rate;
      return lag;
    });
  };

  it.each([
    { name: 'large ones', rate: 1_000, costs: Array.from({ length: 20 }, () => 500) },
    { name: 'small ones', rate: 1_000, costs: Array.from({ length: 1_500 }, () => 1) },
    { name: 'some that span seconds', rate: 100, costs: [1, 500, 1, 1, 250, 3, 1_000, 1] },
    {
      name: 'all sorts',
      rate: 700,
      costs: Array.from({ length: 400 }, (_, n) => [1, 500, 3, 20, 77][n % 5] ?? 1),
    },
    { name: 'less than one a second', rate: 0.3, costs: [1, 2, 1, 1] },
  ])('is kept, and used, by $name', async ({ rate, costs }) => {
    const id = await endpoint(rate);
    world.send(id, costs);
    await drained();
    expect(sends()).toHaveLength(costs.length);
    const found = lags(rate);
    // A timer and a rounded microsecond early at the most; and late by no more than a twentieth of what has passed.
    expect(Math.min(...found)).toBeGreaterThan(-2);
    const total = sends().at(-1)?.at ?? 0;
    expect(Math.max(...found)).toBeLessThan(Math.max(total * 0.05, 5));
  });

  it('is shared by processes, each of which counts what the others took', async () => {
    const id = await endpoint(1_000, 3);
    world.send(
      id,
      Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? 3_000 : 10)),
    );
    await drained();
    expect(sends()).toHaveLength(60);
    const found = lags(1_000);
    expect(Math.min(...found)).toBeGreaterThan(-5);
    const total = sends().at(-1)?.at ?? 0;
    expect(Math.max(...found)).toBeLessThan(total * 0.05);
  });

  it('counts the cost of each try', async () => {
    const id = await endpoint(100);
    world.setMood(id, 'moody');
    world.send(
      id,
      Array.from({ length: 10 }, () => 50),
    );
    world.clock.setTimer(20_000, () => world.setMood(id, 'fine'));
    await drained();
    const instants = sends().map(({ at }) => at);
    expect(instants.length).toBeGreaterThan(10);
    for (const [index, at] of instants.slice(1).entries())
      expect(at - (instants[index] ?? 0)).toBeGreaterThan(498);
  });

  it('takes many small ones with one claim, and no more large ones than soon begin', async () => {
    const claim = vi.spyOn(DeliveryClaims.prototype, 'claim');
    const takenBy = async (costs: readonly number[]): Promise<number[]> => {
      claim.mockClear();
      world.send(id, costs);
      await drained();
      const results = await Promise.all(
        claim.mock.results.map(({ value }) => value as ReturnType<typeof claim>),
      );
      return results.map(({ claims }) => claims.length).filter((count) => count > 0);
    };
    const id = await endpoint(1_000);
    const small = await takenBy(Array.from({ length: 2_000 }, () => 1));
    expect(small.length).toBeLessThan(60);
    const large = await takenBy(Array.from({ length: 10 }, () => 500));
    expect(large).toEqual(Array.from({ length: 10 }, () => 1));
    claim.mockRestore();
  });

  it('is not held up by a clock that went back, while a long slot is waited for', async () => {
    const id = await endpoint(100);
    world.send(id, [1_000, 1, 1]);
    await world.pass(2_000);
    expect(sends()).toHaveLength(1);
    world.clock.jump(-3_600_000);
    await drained();
    const [, second] = sends();
    // This process knows by its other clock that the slot lasts ten seconds.
    expect(second?.at).toBeGreaterThan(9_990);
    expect(second?.at).toBeLessThan(20_000);
  });
});
