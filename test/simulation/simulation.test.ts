import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSchedule } from './schedule.js';
import { Storage } from './storage.js';

const FIRST = Number(process.env['SIMULATION_SEED'] ?? 1);
const USUAL = process.env['CI'] ? 1000 : 2000;
const COUNT = Number(process.env['SIMULATION_COUNT'] ?? (process.env['SIMULATION_SEED'] ? 1 : USUAL));
const BATCH = 50;

/**
 * The delivery engine on a virtual clock, with receivers, networks, processes and commits that fail at random. A failing schedule is
 * lived through again by its seed: `SIMULATION_SEED=17 npx vitest run test/simulation`.
 */
describe('the engine in random schedules', () => {
  let storage: Storage;

  beforeAll(async () => {
    storage = await Storage.open();
  });

  afterAll(async () => {
    await storage.close();
  });

  const batches = Array.from({ length: Math.ceil(COUNT / BATCH) }, (_, index) => FIRST + index * BATCH);

  it.each(batches)('keeps its promises from seed %i on', { timeout: 600_000 }, async (first) => {
    const last = Math.min(first + BATCH, FIRST + COUNT) - 1;
    for (let seed = first; seed <= last; seed += 1) {
      const problems = await runSchedule(seed, storage);
      expect(problems, `to see it again: SIMULATION_SEED=${seed} npx vitest run test/simulation`).toEqual([]);
    }
  });
});
