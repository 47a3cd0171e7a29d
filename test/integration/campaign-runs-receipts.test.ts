import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchResults } from '../../src/outreach/requests/batch-results.js';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import {
  allSucceed,
  ASYNC,
  accepts,
  CampaignSteps,
  COUPONS,
  failed,
  idOf,
  succeeded,
} from '../support/campaign-steps.js';
import { DATABASES } from '../support/databases.js';
import type { OutreachScene } from '../support/outreach-scene.js';

const MINUTE_MS = 60_000;

describe.each(DATABASES)('receipts of campaigns on %s', { timeout: 120_000 }, (kind) => {
  let steps: CampaignSteps;
  let scene: OutreachScene;

  beforeAll(async () => {
    steps = await CampaignSteps.start(kind, { RECEIPT_POLL_SECONDS: '300' });
  });
  afterAll(() => steps?.stop());
  beforeEach(async () => {
    scene = await steps.project();
  });

  const send = (users: number, touchpoints?: readonly object[], more?: object): Promise<string> =>
    steps.send(scene, users, touchpoints, more);
  const told = (path: string): Promise<string[]> => steps.told(scene, path);
  const polls = async (path: string): Promise<number> => {
    const [{ count }] = await steps.query(
      `SELECT COUNT(*) AS count FROM delivery d JOIN reach_batch b ON b.order_id = d.event_id
         JOIN campaign_run c ON c.id = b.run_id WHERE c.campaign_id = ? AND d.event_name = 'OUTREACH.RECEIPT'`,
      [idOf(path)],
    );
    return Number(count);
  };
  const later = async (minutes: number): Promise<void> => {
    steps.clock.ahead += minutes * MINUTE_MS;
    await steps.settle();
  };

  it('are asked for after a while, given to who has one, and asked for again', async () => {
    const path = await send(4, [ASYNC]);
    await steps.answer(path, accepts);
    expect(await scene.stats(path)).toMatchObject({ sent: 4, waiting: 4 });
    expect(await told(path)).toEqual(['WAITING', 'WAITING', 'WAITING', 'WAITING']);
    await later(4.9);
    expect(await polls(path)).toBe(0);
    await later(0.2);
    expect(await polls(path)).toBe(1);
    // While that poll is on its way there is no other.
    await later(6);
    expect(await polls(path)).toBe(1);
    await steps.receipts(path, (_batch, [one, two]) => [succeeded(one ?? 0), failed(two ?? 0)]);
    expect(await told(path)).toEqual(['SUCCEEDED', 'FAILED: no stock', 'WAITING', 'WAITING']);
    expect(await scene.stats(path)).toMatchObject({ sent: 4, succeeded: 1, failed: 1, waiting: 2 });
    await later(5);
    expect(await polls(path)).toBe(2);
    await steps.receipts(path, (_batch, gids) => gids.map((gid) => succeeded(gid)));
    await steps.settle();
    // Who had a result keeps it.
    expect(await told(path)).toEqual(['SUCCEEDED', 'FAILED: no stock', 'SUCCEEDED', 'SUCCEEDED']);
    expect(await steps.statusOf(path)).toBe('FINISHED');
    expect(await scene.stats(path)).toMatchObject({
      succeeded: 3,
      failed: 1,
      waiting: 0,
      failures: [{ reason: 'no stock', count: 1 }],
    });
  });

  it('are asked for again where asking failed', async () => {
    const path = await send(2, [ASYNC]);
    await steps.answer(path, accepts);
    await later(5.1);
    await steps.receipts(path, () => ({ status: 'FAILED', reason: 'answered 500' }));
    expect(await told(path)).toEqual(['WAITING', 'WAITING']);
    await later(5.1);
    expect(await polls(path)).toBe(2);
  });

  it('are failures where none came in time, whatever comes later', async () => {
    const path = await send(3, [ASYNC]);
    await steps.answer(path, accepts);
    await later(5.1);
    await steps.receipts(path, (_batch, [one]) => [succeeded(one ?? 0)]);
    const late = await steps.endsOf(path, 'WAITING', allSucceed);
    await later(15);
    await steps.unitOfWork.run(() => steps.get(BatchResults).receipted(late));
    expect(await told(path)).toEqual([
      'SUCCEEDED',
      'FAILED: no receipt in time',
      'FAILED: no receipt in time',
    ]);
    expect(await scene.stats(path)).toMatchObject({
      succeeded: 1,
      failed: 2,
      failures: [{ reason: 'no receipt in time', count: 2 }],
    });
    expect(await steps.statusOf(path)).toBe('FINISHED');
  });

  it('are asked for once more before the time is up, where that is sooner than the next turn', async () => {
    const path = await send(1, [{ ...ASYNC, receipts: { ...ASYNC.receipts, timeoutMinutes: 2 } }]);
    await steps.answer(path, accepts);
    await later(1.5);
    expect(await polls(path)).toBe(0);
    await later(0.45);
    expect(await polls(path)).toBe(1);
    await steps.receipts(path, allSucceed);
    expect(await told(path)).toEqual(['SUCCEEDED']);
  });

  it('fail with the touchpoint that is disabled', async () => {
    const path = await send(2, [ASYNC]);
    await steps.answer(path, accepts);
    const id = (await steps.batches(path))[0]?.touchpoint_id ?? 0;
    await steps.unitOfWork.run(async () => {
      await steps.get(BatchResults).abandon(id, 'failing for 120 hours');
      await steps.get(Touchpoints).disableBySystem(id, 'failing for 120 hours');
    });
    await steps.settle();
    expect(await told(path)).toEqual(['FAILED: failing for 120 hours', 'FAILED: failing for 120 hours']);
  });

  it('hand on who has none in time, where there is another touchpoint', async () => {
    const path = await send(2, [ASYNC, COUPONS], { mode: 'FIRST_SUCCESS' });
    await steps.answer(path, accepts);
    await later(20.1);
    await steps.finish(path);
    expect(await scene.stats(path)).toMatchObject({ audience: 2, passed: 2, succeeded: 2, failed: 0 });
  });
});
