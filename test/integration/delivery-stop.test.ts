import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryRound } from '../../src/delivery/queue/delivery-round.js';
import { DeliveryWorker } from '../../src/delivery/worker/delivery-worker.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('a stop of the delivery engine on %s', (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await Receiver.start();
    engine = await startEngine(kind);
  });
  afterEach(async () => {
    await engine.stop();
    await receiver.stop();
  });

  it('leaves what a claim under way brings to the next start', async () => {
    const rounds = engine.app.get(DeliveryRound);
    const stopped = vi.spyOn(engine.app.get(DeliveryWorker), 'beforeApplicationShutdown');
    const claim = rounds.claim.bind(rounds);
    let stopping: Promise<void> | undefined;
    vi.spyOn(rounds, 'claim').mockImplementation(async (limits) => {
      const result = await claim(limits);
      if (result.claims.length === 0 || stopping) return result;
      // A unit has claimed a delivery; before the worker hears of that, it is told to stop.
      stopping = engine.stop({ keepDatabase: true });
      await waitFor(() => stopped.mock.calls.length > 0, 'the worker to be told');
      return result;
    });
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', ['{"n":1}']);
    await waitFor(() => stopping !== undefined, 'the stop to begin');
    await stopping;
    const { database, directory } = engine;
    engine = await startEngine(kind, { ROLES: 'api' }, { database, directory });
    expect(receiver.received).toHaveLength(0);
    expect(await engine.query('SELECT status, attempt_count FROM delivery')).toEqual([
      { status: 'PENDING', attempt_count: 0 },
    ]);
    // At once, and not when a lease has run out: it was given back.
    expect(await engine.query('SELECT lease_token FROM lane')).toEqual([{ lease_token: '' }]);
  });
});
