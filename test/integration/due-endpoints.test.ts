import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DueLanes } from '../../src/delivery/queue/due-lanes.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';

const NOW = 1_800_000_000_000;
const IDLE = { due_at: 0, lease_until: 0 };
const DUE = { due_at: NOW - 1, lease_until: 0 };
const LATER = { due_at: NOW + 1, lease_until: 0 };
const LEASED = { due_at: NOW - 1, lease_until: NOW + 1 };
const RUN_OUT = { due_at: NOW - 1, lease_until: NOW };

describe.each(DATABASES)('endpoints that have something due on %s', (kind) => {
  let engine: TestEngine;

  beforeEach(async () => {
    // Without a worker: nothing is claimed meanwhile.
    engine = await startEngine(kind, { ROLES: 'api' });
  });
  afterEach(() => engine.stop());

  /** An endpoint with a lane in each of these states. */
  const endpointWith = async (...lanes: readonly (typeof IDLE)[]): Promise<number> => {
    const id = await engine.endpoint('http://127.0.0.1:9/');
    for (const [index, lane] of lanes.entries()) {
      await engine.plan([id], `toggle:shop/${index}`, ['{}']);
      await write('lane', lane, `endpoint_id = ${id} AND ordering_key = 'toggle:shop/${index}'`);
    }
    return id;
  };
  const write = (table: string, values: Record<string, number>, where: string): Promise<unknown> =>
    engine.unitOfWork.run(() =>
      engine.unitOfWork.manager.query(
        `UPDATE ${table} SET ${Object.keys(values).map((column) => `${column} = ?`)} WHERE ${where}`,
        Object.values(values),
      ),
    );
  const found = async (): Promise<number[]> =>
    (await engine.app.get(DueLanes).endpoints(NOW)).sort((a, b) => a - b);

  it('are those with a lane whose time has come and that nobody has', async () => {
    const due = [
      await endpointWith(DUE),
      await endpointWith(RUN_OUT),
      await endpointWith(IDLE, IDLE, LATER, LEASED, DUE, LATER),
    ];
    for (const lanes of [[], [IDLE], [LATER], [LEASED], [IDLE, LEASED, LATER, IDLE]])
      await endpointWith(...lanes);
    expect(await found()).toEqual(due);
  });

  it('are none that may not be sent to', async () => {
    const paused = await endpointWith(DUE);
    const probedLater = await endpointWith(DUE);
    const disabled = await endpointWith(DUE);
    await write('endpoint', { paused_until: NOW + 1 }, `id = ${paused}`);
    await write('endpoint', { probe_at: NOW + 1 }, `id = ${probedLater}`);
    await write('endpoint', { enabled: 0 }, `id = ${disabled}`);
    expect(await found()).toEqual([]);
    await write('endpoint', { paused_until: NOW, probe_at: NOW }, '1 = 1');
    expect(await found()).toEqual([paused, probedLater]);
  });
});
