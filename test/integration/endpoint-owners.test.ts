import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  DeliveryLog,
  EndpointOwners,
  Endpoints,
  type DeliveryEnd,
  type Endpoint,
} from '../../src/delivery/index.js';
import { EndpointRepository } from '../../src/delivery/endpoint.repository.js';
import { TestSender } from '../../src/delivery/test-sender.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { CODED, hashOf, planFor, STAMPED } from '../support/owned-endpoints.js';
import { Receiver } from '../support/receiver.js';
import { SteppedClock } from '../support/stepped-clock.js';
import { waitFor } from '../support/wait-for.js';

const numbered = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ n: first + index }));

describe.each(DATABASES)('owners of endpoints on %s', { timeout: 120_000 }, (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;
  let clock: SteppedClock;

  beforeEach(async () => {
    clock = new SteppedClock();
    engine = await startEngine(kind, { RETRY_SECONDS: '0.01' }, { clock });
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
      60_000,
    );
  const reach = (options: Partial<Endpoint> = {}): Promise<number> =>
    engine.endpoint(receiver.url, options, 1, 'REACH');
  const told = (): DeliveryEnd[] => engine.reach.ends.flat();
  const statuses = async (endpointId: number): Promise<unknown[]> =>
    (
      await engine.query('SELECT status FROM delivery WHERE endpoint_id = ? ORDER BY sequence', [endpointId])
    ).map((row) => row['status']);

  describe('of several kinds', () => {
    it('are each asked for their own, and a kind is looked up once', async () => {
      const kindsOf = vi.spyOn(engine.app.get(EndpointRepository), 'kindsOf');
      const [webhook, loadWebhooks] = [
        await engine.endpoint(receiver.url),
        vi.spyOn(engine.directory, 'load'),
      ];
      const ids = [await reach(), await engine.endpoint(receiver.url, {}, 1, 'RECEIPT')];
      const loadReach = vi.spyOn(engine.reach, 'load');
      for (let n = 0; n < 10; n += 1) await engine.plan([webhook, ...ids], `key:${n}`, numbered(1));
      await drained();
      expect(receiver.received).toHaveLength(30);
      const asked = (load: typeof loadReach): Set<number> => new Set(load.mock.calls.flatMap(([of]) => of));
      expect(asked(loadWebhooks)).toEqual(new Set([webhook]));
      expect(asked(loadReach)).toEqual(new Set(ids));
      const lookedUp = kindsOf.mock.calls.flatMap(([of]) => of);
      expect(lookedUp.toSorted((a, b) => a - b)).toEqual([webhook, ...ids]);
    });

    it('know nothing of endpoints that are gone, and can have no kind twice', async () => {
      const owners = engine.app.get(EndpointOwners);
      const id = await reach();
      await engine.unitOfWork.run(() => engine.app.get(Endpoints).remove(id, 'gone'));
      expect(await owners.load([id, id + 1])).toEqual(new Map());
      await owners.disable(id + 1, 'of no effect');
      await owners.ended([]);
      expect(engine.reach.disabled.size).toBe(0);
      expect(() => owners.register(['RECEIPT'], engine.directory)).toThrow(/RECEIPT/);
    });

    it('disable their own when a receiver wants nothing more', async () => {
      receiver.answerWith(410);
      const id = await reach({ reportsEnds: true });
      await engine.plan([id], 'key', numbered(3));
      await drained();
      expect(engine.reach.disabled.get(id)).toContain('410');
      expect(engine.directory.disabled.size).toBe(0);
      expect(await statuses(id)).toEqual(['FAILED', 'CANCELED', 'CANCELED']);
      // What was canceled is not told of: the owner had it canceled.
      expect(told()).toMatchObject([{ endpointId: id, status: 'FAILED', statusCode: 410 }]);
      const health = (await engine.app.get(Endpoints).healthOf([id])).get(id);
      expect(health).toMatchObject({ state: 'DISABLED', why: expect.stringContaining('410') });
    });

    it('disable their own that failed for too long, and get single probes before', async () => {
      receiver.answerWith(500);
      const id = await reach();
      await engine.plan([id], 'key', numbered(2));
      await waitFor(() => receiver.received.length > 6, 'the breaker to open');
      const health = (await engine.app.get(Endpoints).healthOf([id])).get(id);
      expect(health?.state).toBe('PAUSED');
      await engine.unitOfWork.run(() =>
        engine.unitOfWork.manager.query('UPDATE endpoint SET failing_since = 1 WHERE id = ?', [id]),
      );
      await drained();
      expect(engine.reach.disabled.get(id)).toContain('every try failed since');
    });
  });

  describe('that make messages at each try', () => {
    it('have them sent and signed as they are then, and stored as they were', async () => {
      let tries = 0;
      receiver.reply = (_request, response) => {
        tries += 1;
        clock.ahead += 1000;
        response.writeHead(tries === 3 ? 200 : 500).end();
      };
      const id = await reach(STAMPED);
      await engine.plan([id], 'key', ['{"n":1,"title":"这是标题"}']);
      await drained();
      expect(receiver.received.map(({ body }) => [body.n, body.title])).toEqual([
        [1, '这是标题'],
        [1, '这是标题'],
        [1, '这是标题'],
      ]);
      const instants = receiver.received.map(({ body }) => body.at as number);
      expect(new Set(instants).size).toBe(3);
      expect(instants).toEqual(
        (await engine.query('SELECT started_at FROM attempt ORDER BY number')).map((row) =>
          Number(row['started_at']),
        ),
      );
      for (const [index, { headers, bytes }] of receiver.received.entries())
        expect(headers).toMatchObject({ 'x-try': String(index + 1), 'x-hash': hashOf(bytes) });
      const [stored] = await engine.query('SELECT id FROM delivery');
      const detail = await engine.app.get(DeliveryLog).get(1, String(stored?.['id']));
      expect(detail.request.body).toBe('{"n":1,"title":"这是标题"}');
      expect(detail.request.headers['X-Hash']).toBe(receiver.received[2]?.headers['x-hash']);
    });

    it('lose nothing when they fail to', async () => {
      let calls = 0;
      const id = await reach({
        messageAt: (message) => {
          calls += 1;
          if (calls === 1) throw new Error('a defect');
          return message;
        },
      });
      await engine.plan([id], 'key', numbered(1));
      await drained();
      expect(receiver.received.map(({ body }) => body.n)).toEqual([1]);
      expect(await statuses(id)).toEqual(['SUCCEEDED']);
      const [first] = await engine.query('SELECT error FROM attempt WHERE number = 1');
      expect(first?.['error']).toContain('could not be made');
    });

    it('have test requests made and judged the same way', async () => {
      const answer = JSON.stringify({ code: 7, message: '余额不足'.repeat(1_000) });
      receiver.reply = (_request, response) => void response.writeHead(200).end(answer);
      const id = await reach({ ...STAMPED, ...CODED, answerLimit: 100_000 });
      const endpoint = engine.reach.endpoints.get(id);
      if (!endpoint) throw new Error('the endpoint is missing');
      const result = await engine.app.get(TestSender).send(endpoint, {
        id: 'test',
        organizationId: 1,
        eventId: 'test',
        eventName: 'TEST',
        contentType: 'application/json',
        body: '{"n":1}',
        traceparent: null,
      });
      expect(result).toMatchObject({ success: false, error: 'code 7', statusCode: 200 });
      expect(result.request.body).toBe(receiver.received[0]?.bytes.toString());
      expect(result.request.body).toContain('"at":');
      expect(result.response?.body).toBe(answer);
    });
  });

  describe('that judge answers', () => {
    it('say what is taken, what goes again, and what has failed', async () => {
      let tries = 0;
      receiver.reply = ({ body }, response) => {
        tries += 1;
        response.writeHead(tries === 1 ? 201 : 200).end(JSON.stringify({ code: body.n === 1 ? 0 : 9 }));
      };
      const id = await reach({ ...CODED, reportsEnds: true });
      await engine.plan([id], 'key', numbered(2));
      await drained();
      expect(receiver.received.map(({ body }) => body.n)).toEqual([1, 1, 2]);
      expect(await statuses(id)).toEqual(['SUCCEEDED', 'FAILED']);
      expect(told().map(({ status, reason }) => [status, reason])).toEqual([
        ['SUCCEEDED', undefined],
        ['FAILED', 'code 9'],
      ]);
    });

    it('lose nothing when they fail to', async () => {
      let tries = 0;
      receiver.reply = (_request, response) => {
        tries += 1;
        response.end(tries === 1 ? 'no JSON' : '{"code":0}');
      };
      const id = await reach(CODED);
      await engine.plan([id], 'key', numbered(1));
      await drained();
      expect(receiver.received).toHaveLength(2);
      expect(await statuses(id)).toEqual(['SUCCEEDED']);
    });
  });

  describe('that are told of ends', () => {
    it('hear of each once, with the answer, and of nothing else', async () => {
      receiver.reply = ({ body }, response) =>
        void response.writeHead(body.n % 3 === 0 ? 400 : 200).end(`answer ${body.n}`);
      const [id, other] = [await reach({ reportsEnds: true }), await reach()];
      const webhook = await engine.endpoint(receiver.url, { reportsEnds: true });
      engine.reach.disabled.set(id, 'until all is planned');
      await engine.plan([id, other, webhook], 'key', numbered(2), 1, { ordering: 'NONE' });
      engine.reach.disabled.delete(id);
      await engine.plan([id], 'last', numbered(1, 4), 4, { ordering: 'NONE' });
      await drained();
      const rows = await engine.query('SELECT id, event_id FROM delivery WHERE endpoint_id = ? ORDER BY id', [
        id,
      ]);
      const ends = told().toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
      expect(ends.map(({ deliveryId, eventId }) => [deliveryId, eventId])).toEqual(
        rows.map((row) => [row['id'], row['event_id']]),
      );
      expect(ends.map(({ answer }) => answer?.toString())).toEqual(['answer 1', 'answer 2', 'answer 4']);
      for (const end of ends) expect(end).toMatchObject({ endpointId: id, eventName: 'TOGGLE.PUBLISH' });
      expect(new Set(engine.directory.ends.flat().map(({ endpointId }) => endpointId))).toEqual(
        new Set([webhook]),
      );
    });

    it('are given as much of an answer as they want, and the log keeps its usual part', async () => {
      // 4,096 is no multiple of three: the log's part ends within a character.
      const users = JSON.stringify({ code: 0, users: '触'.repeat(40_000) });
      receiver.reply = (_request, response) => void response.end(users);
      const id = await reach({ ...CODED, reportsEnds: true, answerLimit: 1_000_000 });
      await engine.plan([id], 'key', numbered(1));
      await drained();
      expect(told().map(({ answer }) => answer?.toString() === users)).toEqual([true]);
      const [attempt] = await engine.query('SELECT response_body FROM attempt');
      const kept = String(attempt?.['response_body']);
      expect(kept).toBe(users.slice(0, kept.length));
      expect(Buffer.byteLength(kept)).toBeGreaterThan(4_096 - 3);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(4_096);
    });

    it('hear of what was given up by age', async () => {
      receiver.answerWith(500);
      const id = await reach({ reportsEnds: true });
      await engine.plan([id], 'key', numbered(1));
      await waitFor(() => receiver.received.length >= 2);
      await engine.unitOfWork.run(() =>
        engine.unitOfWork.manager.query('UPDATE delivery SET expires_at = 0'),
      );
      await drained();
      expect(told()).toMatchObject([
        { status: 'FAILED', statusCode: 500, reason: expect.stringContaining('given up by age') },
      ]);
    });

    it('do not hear of what was canceled while its try was under way', async () => {
      let answer: (() => void) | undefined;
      receiver.reply = (_request, response) => {
        answer = () => response.end();
      };
      const id = await reach({ reportsEnds: true });
      await engine.plan([id], 'key', numbered(1));
      await waitFor(() => answer !== undefined, 'the request');
      await engine.unitOfWork.run(() => engine.app.get(Endpoints).disable(id, 'stopped'));
      answer?.();
      await waitFor(async () => (await engine.query('SELECT 1 AS n FROM attempt')).length === 1, 'the try');
      expect(await statuses(id)).toEqual(['CANCELED']);
      expect(told()).toEqual([]);
    });

    it('are asked again when they fail, and what they had written is not there twice', async () => {
      const id = await reach({ reportsEnds: true });
      const receipts = await engine.endpoint(receiver.url, {}, 1, 'RECEIPT');
      let calls = 0;
      engine.reach.onEnded = async (ends) => {
        calls += 1;
        await planFor(engine, receipts, ends);
        if (calls <= 2) throw new Error('simulated: the owner failed');
      };
      await engine.plan([id], 'key', numbered(5), 1, { ordering: 'NONE' });
      await drained();
      expect(calls).toBeGreaterThan(2);
      expect(await statuses(id)).toEqual(Array.from({ length: 5 }, () => 'SUCCEEDED'));
      expect(await statuses(receipts)).toEqual(Array.from({ length: 5 }, () => 'SUCCEEDED'));
      // Each was sent once: five that reach, and five that the owner planned for them.
      expect(receiver.received).toHaveLength(10);
      const attempts = await engine.query('SELECT delivery_id FROM attempt');
      expect(attempts).toHaveLength(10);
    });

    it('hold up nobody else while they fail, and nothing is sent again meanwhile', async () => {
      const id = await reach({ reportsEnds: true });
      const webhook = await engine.endpoint(receiver.url);
      let isBroken = true;
      engine.reach.onEnded = () =>
        isBroken ? Promise.reject(new Error('simulated: the owner fails')) : Promise.resolve();
      await engine.plan([id], 'reach', numbered(1));
      await waitFor(() => engine.reach.ends.length > 0, 'the owner to fail');
      await engine.plan([webhook], 'hook', numbered(3, 100));
      await waitFor(async () => (await statuses(webhook)).every((status) => status === 'SUCCEEDED'));
      // Its lease is over: anybody might send it again.
      clock.ahead += 60_000;
      await engine.plan([webhook], 'hook', numbered(3, 200), 4);
      await waitFor(async () => (await statuses(webhook)).every((status) => status === 'SUCCEEDED'));
      expect(receiver.received.filter(({ body }) => body.n === 1)).toHaveLength(1);
      isBroken = false;
      await drained();
      expect(receiver.received.filter(({ body }) => body.n === 1)).toHaveLength(1);
      expect(await statuses(id)).toEqual(['SUCCEEDED']);
    });
  });

  describe('and their deliveries', () => {
    it('are planned with ids, shown, and not sent again by hand', async () => {
      const id = await reach();
      const planned = await planFor(engine, id, [{ eventId: 'order-1' }, { eventId: 'order-2' }]);
      await drained();
      const rows = await engine.query(
        'SELECT id, event_id, endpoint_id FROM delivery ORDER BY sequence, event_id',
      );
      expect(planned).toEqual(
        rows.map((row) => ({
          deliveryId: row['id'],
          eventId: row['event_id'],
          endpointId: row['endpoint_id'],
        })),
      );
      const log = engine.app.get(DeliveryLog);
      const [{ deliveryId } = { deliveryId: '' }] = planned;
      expect(await log.get(1, deliveryId)).toMatchObject({ endpointKind: 'REACH', status: 'SUCCEEDED' });
      await expect(log.redeliver(1, deliveryId)).rejects.toThrow("not a webhook's");
      expect(await statuses(id)).toHaveLength(2);
    });
  });
});
