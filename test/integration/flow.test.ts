import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const numbered = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ n: first + index }));

describe.each(DATABASES)('flow of deliveries on %s', { timeout: 180_000 }, (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;

  beforeEach(async () => {
    engine = await startEngine(kind, { RETRY_SECONDS: '0.01' });
    receiver = await Receiver.start();
  });

  afterEach(async () => {
    await engine.stop();
    await receiver.stop();
  });

  const drained = (): Promise<boolean> =>
    waitFor(
      async () => {
        const [row] = await engine.query(`SELECT COUNT(*) AS n FROM delivery WHERE status = 'PENDING'`);
        return Number(row?.['n']) === 0;
      },
      'all deliveries to end',
      120_000,
    );

  const starts = async (): Promise<number[]> =>
    (await engine.query('SELECT started_at FROM attempt ORDER BY started_at')).map((row) =>
      Number(row['started_at']),
    );

  /** The most instants that any second holds. */
  const mostInASecond = (instants: readonly number[]): number =>
    Math.max(...instants.map((from) => instants.filter((at) => at >= from && at < from + 1000).length));

  it.each([5, 40, 200])('sends no more than %i a second, in any second, give or take one', async (limit) => {
    const id = await engine.endpoint(receiver.url, { maxPerSecond: limit, maxInFlight: 50 });
    const count = Math.ceil(limit * 2.5);
    await engine.plan([id], 'toggle:p/t', numbered(count), 1, { ordering: 'NONE' });
    await drained();
    const instants = await starts();
    expect(instants).toHaveLength(count);
    // Instants are whole milliseconds: the window's ends are up to one off.
    expect(mostInASecond(instants)).toBeLessThanOrEqual(limit + 1 + Math.ceil(limit / 1000));
  });

  it('counts retries against the rate', async () => {
    const id = await engine.endpoint(receiver.url, { maxPerSecond: 20 });
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      response.writeHead(tries % 3 === 0 ? 200 : 500).end();
    };
    for (let toggle = 0; toggle < 15; toggle += 1) await engine.plan([id], `toggle:p/${toggle}`, numbered(1));
    await drained();
    expect(mostInASecond(await starts())).toBeLessThanOrEqual(21);
  });

  it('counts what messages cost, tries that fail included', async () => {
    const id = await engine.endpoint(receiver.url, { maxPerSecond: 1000, maxInFlight: 50 });
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      response.writeHead(tries === 2 ? 500 : 200).end();
    };
    await engine.plan([id], 'reach', numbered(5), 1, { ordering: 'NONE', cost: 200 });
    await drained();
    const instants = await starts();
    expect(instants).toHaveLength(6);
    // 200 at 1,000 a second take a fifth of a second; instants are whole milliseconds, and timers a little early or late.
    for (const [index, at] of instants.slice(1).entries())
      expect(at - (instants[index] ?? 0)).toBeGreaterThanOrEqual(197);
    const [row] = await engine.query('SELECT slot_cost FROM endpoint WHERE id = ?', [id]);
    expect(row?.['slot_cost']).toBe(200);
  });

  it('lets an endpoint with a rate go on after its clock jumped back', async () => {
    const id = await engine.endpoint(receiver.url, { maxPerSecond: 50 });
    await engine.unitOfWork.run(() =>
      engine.unitOfWork.manager.query('UPDATE endpoint SET next_slot_us = ? WHERE id = ?', [
        (Date.now() + 3_600_000) * 1000,
        id,
      ]),
    );
    await engine.plan([id], 'toggle:p/t', numbered(3));
    await drained();
    expect(receiver.received).toHaveLength(3);
  });

  it('is not held up by another endpoint with 100,000 deliveries waiting', async () => {
    const slow = await Receiver.start();
    slow.reply = (_request, response) => void setTimeout(() => response.end(), 20);
    const flooded = await engine.endpoint(slow.url, { maxInFlight: 1000 });
    engine.directory.disabled.set(flooded, 'until all is planned');
    for (let batch = 0; batch < 20; batch += 1) {
      await engine.plan([flooded], `toggle:p/${batch}`, numbered(5000, 1 + batch * 5000), 1 + batch * 5000, {
        ordering: 'NONE',
      });
    }
    engine.directory.disabled.delete(flooded);
    await engine.plan([flooded], 'toggle:p/last', numbered(1));
    await waitFor(() => slow.received.length > 300, 'the flood to flow');
    const other = await engine.endpoint(receiver.url);
    const before = slow.received.length;
    for (let toggle = 0; toggle < 20; toggle += 1)
      await engine.plan([other], `toggle:q/${toggle}`, numbered(1));
    await waitFor(() => receiver.received.length === 20, 'the other endpoint to get all');
    // Had the other waited for its turn in line, all of the flood would have come first.
    expect(slow.received.length - before).toBeLessThan(20_000);
    await slow.stop();
  });

  it('keeps room for an organization while all endpoints of another hang', async () => {
    const hanging = await Receiver.start();
    hanging.reply = () => undefined;
    for (let index = 0; index < 20; index += 1) {
      const id = await engine.endpoint(hanging.url, { maxInFlight: 50, timeoutMs: 30_000 });
      // At once: all of it has to be there before the first of the hanging ones is given up.
      const toggles = Array.from({ length: 50 }, (_, toggle) => `toggle:p/${toggle}`);
      await Promise.all(toggles.map((key) => engine.plan([id], key, numbered(1))));
    }
    await waitFor(() => hanging.received.length >= 112, 'the hanging ones to take what they can');
    const id = await engine.endpoint(receiver.url, {}, 2);
    await engine.plan([id], 'toggle:p/t', numbered(3), 1, { organizationId: 2 });
    await waitFor(() => receiver.received.length === 3, 'the other organization to get all');
    expect(hanging.received.length).toBeLessThanOrEqual(120);
    await hanging.stop();
  });

  if (kind === 'mysql') {
    it('sends one probe at a time to an endpoint with an open breaker, however many processes there are', async () => {
      const id = await engine.endpoint(receiver.url, { timeoutMs: 2000 });
      let now = 0;
      let most = 0;
      receiver.reply = (_request, response) => {
        now += 1;
        most = Math.max(most, now);
        setTimeout(() => {
          now -= 1;
          response.writeHead(500).end();
        }, 30);
      };
      await engine.plan([id], 'toggle:p/t', numbered(1));
      await waitFor(() => receiver.received.length >= 5, 'the breaker to open');
      const { database, directory } = engine;
      const others = [];
      for (let count = 0; count < 2; count += 1)
        others.push(await startEngine(kind, { RETRY_SECONDS: '0.01' }, { database, directory }));
      most = 0;
      for (let toggle = 0; toggle < 20; toggle += 1)
        await engine.plan([id], `toggle:p/${toggle}`, numbered(1));
      const before = receiver.received.length;
      await waitFor(() => receiver.received.length > before + 20, 'probes');
      expect(most).toBe(1);
      receiver.answerWith(200);
      await drained();
      for (const other of others) await other.stop({ keepDatabase: true });
    });
  }

  describe('with ordering LATEST', () => {
    const LATEST = { ordering: 'LATEST' } as const;
    const outcomes = async (): Promise<unknown[]> =>
      (await engine.query('SELECT status FROM delivery ORDER BY sequence')).map((row) => row['status']);

    it('sends the newest of what piled up, and logs the others as skipped', async () => {
      receiver.answerWith(500);
      const id = await engine.endpoint(receiver.url, { latestOnly: true });
      await engine.plan([id], 'toggle:p/t', numbered(1), 1, LATEST);
      await waitFor(() => receiver.received.length >= 5, 'the breaker to open');
      await engine.plan([id], 'toggle:p/t', numbered(6, 2), 2, LATEST);
      receiver.answerWith(200);
      await drained();
      expect(receiver.received.at(-1)?.body).toEqual({ n: 7 });
      // The first one's next try may have been on its way when the receiver came back.
      expect((await outcomes()).slice(1)).toEqual([
        ...Array.from({ length: 5 }, () => 'CANCELED'),
        'SUCCEEDED',
      ]);
      const [, skipped] = await engine.query('SELECT last_error FROM delivery ORDER BY sequence');
      expect(skipped?.['last_error']).toContain('skipped');
      const later = receiver.received.map(({ body }) => body.n);
      expect(later).toEqual([...later].sort((a, b) => a - b));
    });

    it('keeps the newest of each subject, in order', async () => {
      const id = await engine.endpoint(receiver.url, { latestOnly: true });
      engine.directory.disabled.set(id, 'until all is planned');
      for (const [n, subject] of ['online', 'test', 'online', 'toggle', 'test', 'online'].entries())
        await engine.plan([id], 'toggle:p/t', numbered(1, n + 1), n + 1, { ...LATEST, subject });
      engine.directory.disabled.delete(id);
      await drained();
      expect(receiver.received.map(({ body }) => body.n)).toEqual([4, 5, 6]);
    });

    it('skips nothing of another resource, nor anything where nothing waits', async () => {
      const id = await engine.endpoint(receiver.url, { latestOnly: true });
      for (let n = 1; n <= 3; n += 1) {
        await engine.plan([id], 'toggle:p/t', numbered(1, n), n, LATEST);
        await engine.plan([id], `toggle:p/${n}`, numbered(1, 10 + n), 1, LATEST);
        await drained();
      }
      expect(receiver.received).toHaveLength(6);
    });
  });
});
