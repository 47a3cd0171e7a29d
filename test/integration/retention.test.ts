import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Retention } from '../../src/delivery/log/retention.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const DAY_MS = 24 * 3_600_000;

/** Real time, from a later day on whenever a test says so. */
class LaterClock extends Clock {
  laterMs = 0;

  override now(): number {
    return super.now() + this.laterMs;
  }
}

describe.each(DATABASES)('retention on %s', (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;
  let clock: LaterClock;

  beforeEach(async () => {
    clock = new LaterClock();
    engine = await startEngine(kind, { RETENTION_DAYS: '30' }, { clock });
    receiver = await Receiver.start();
  });

  afterEach(async () => {
    await engine.stop();
    await receiver.stop();
  });

  const count = async (table: string): Promise<number> =>
    Number((await engine.query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.['n']);
  const finished = (expected: number): Promise<boolean> =>
    waitFor(async () => {
      const rows = await engine.query('SELECT id FROM delivery WHERE finished_at <> 0');
      return rows.length === expected;
    }, `${expected} finished deliveries`);

  it('removes finished deliveries with their tries and messages when they are old, and nothing else', async () => {
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/a', ['{"n":1}', '{"n":2}']);
    await finished(2);
    clock.laterMs = 31 * DAY_MS;
    await engine.plan([id], 'toggle:p/a', ['{"n":3}'], 3);
    await finished(3);
    receiver.answerWith(500);
    await engine.plan([id], 'toggle:p/b', ['{"n":4}']);
    await waitFor(async () => (await count('attempt')) > 3, 'a failed try');

    expect(await engine.app.get(Retention).sweep()).toBe(2);
    expect(await count('delivery')).toBe(2);
    expect(await count('message')).toBe(2);
    const left = await engine.query(
      'SELECT d.id FROM attempt a LEFT JOIN delivery d ON d.id = a.delivery_id',
    );
    expect(left.every((row) => row['id'] !== null)).toBe(true);
    expect(await engine.app.get(Retention).sweep()).toBe(0);
  });

  it('keeps a message that a younger delivery still needs', async () => {
    const first = await engine.endpoint(receiver.url);
    const second = await engine.endpoint(`${receiver.url}/second`);
    receiver.reply = (request, response) => {
      response.writeHead(request.path.endsWith('/second') && clock.laterMs === 0 ? 500 : 200).end();
    };
    await engine.plan([first, second], 'toggle:p/a', ['{"n":1}']);
    await finished(1);
    clock.laterMs = 31 * DAY_MS;
    await finished(2);
    expect(await engine.app.get(Retention).sweep()).toBe(1);
    expect([await count('delivery'), await count('message')]).toEqual([1, 1]);
  });

  it('ends what still waits for an endpoint that is gone', async () => {
    receiver.answerWith(500);
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/a', ['{"n":1}']);
    await waitFor(() => receiver.received.length > 0);
    await engine.unitOfWork.run(() =>
      engine.unitOfWork.manager.query('DELETE FROM endpoint WHERE id = ?', [id]),
    );
    await engine.app.get(Retention).sweep();
    const [row] = await engine.query('SELECT status, last_error FROM delivery');
    expect(row).toMatchObject({ status: 'CANCELED', last_error: 'the endpoint is gone' });
  });
});
