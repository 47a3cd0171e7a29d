import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../../src/platform/clock/clock.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

/** Less than the hour after which the engine's test deliveries are given up by age, which goes by the clock. */
const JUMP_MS = 50 * 60_000;

/** A machine's clock that somebody sets while it runs; the one that never jumps stays the real one. */
class SetClock extends Clock {
  aheadMs = 0;

  override now(): number {
    return Date.now() + this.aheadMs;
  }
}

describe.each(DATABASES)('a clock that jumps, on %s', (kind) => {
  let clock: SetClock;
  let engine: TestEngine;
  let receiver: Receiver;

  beforeEach(async () => {
    clock = new SetClock();
    receiver = await Receiver.start();
    engine = await startEngine(kind, { RETRY_SECONDS: '2', LOG_LEVEL: 'silent' }, { clock });
  });

  afterEach(async () => {
    await engine.stop();
    await receiver.stop();
  });

  const drained = (): Promise<boolean> =>
    waitFor(async () => {
      const [row] = await engine.query(`SELECT COUNT(*) AS n FROM delivery WHERE status = 'PENDING'`);
      return Number(row?.['n']) === 0;
    }, 'all deliveries to end');
  const numbered = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => JSON.stringify({ n }));

  it.each([
    ['forward', JUMP_MS],
    ['back', -JUMP_MS],
  ])(
    'far %s: loses nothing, sends no more than the try under way again, and does not stall',
    async (_name, jump) => {
      let failures = 3;
      receiver.reply = async (_request, response) => {
        await delay(50);
        failures -= 1;
        response.writeHead(failures >= 0 ? 500 : 200).end();
      };
      // Three lanes: each has its first try under way or failed when the clock jumps, and others waiting behind it.
      const id = await engine.endpoint(receiver.url, { maxInFlight: 3 });
      for (const lane of ['a', 'b', 'c']) await engine.plan([id], lane, numbered(5));
      await waitFor(() => receiver.received.length >= 3, 'the first tries');
      clock.aheadMs = jump;
      await engine.plan([id], 'd', numbered(5));
      await drained();
      const rows = await engine.query('SELECT status, attempt_count FROM delivery');
      expect(rows.map((row) => row['status'])).toEqual(Array.from({ length: 20 }, () => 'SUCCEEDED'));
      const times = new Map<string, number>();
      for (const { headers } of receiver.received) {
        const event = String(headers['webhook-id']);
        times.set(event, (times.get(event) ?? 0) + 1);
      }
      expect(times.size).toBe(20);
      // One for each, one more for each that failed, and one more for each that was under way.
      expect(receiver.received.length).toBeLessThanOrEqual(20 + 3 + 3);
      for (const count of times.values()) expect(count).toBeLessThanOrEqual(3);
    },
  );

  it('back while an endpoint is paused: the pause is as long as the receiver asked', async () => {
    let first = true;
    receiver.reply = (_request, response) => {
      response.writeHead(first ? 429 : 200, first ? { 'Retry-After': '5' } : {}).end();
      first = false;
    };
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'a', numbered(1));
    await waitFor(
      async () =>
        (await engine.query('SELECT paused_until FROM endpoint WHERE id = ?', [id]))[0]?.['paused_until'],
      'the pause',
    );
    clock.aheadMs = -JUMP_MS;
    await drained();
    const [refused, taken] = receiver.received;
    expect(taken!.at - refused!.at).toBeGreaterThanOrEqual(4_900);
  });
});
