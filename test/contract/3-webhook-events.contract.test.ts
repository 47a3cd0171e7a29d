import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { CHANGE } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { fieldsOf } from '../support/shop.js';
import { ADDED, missingFrom, pick, sorted, wire } from './event-bodies.js';
import { DATA, KEY_OF, KEYS, type Row, ROWS, TOGGLE } from './event-table.js';

const SAMPLES = JSON.parse(
  readFileSync(new URL('../fixtures/featureprobe/event-samples.json', import.meta.url), 'utf8'),
) as Json[];
const SECRET = 'a secret, 日本';
/** A row that happened. */
interface Happened extends Row {
  readonly answer: Json;
  readonly received: Received;
  /** When the request was made and answered, epoch milliseconds. */
  readonly between: readonly [number, number];
}

describe.each(DATABASES)('contract of webhook events on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;
  let hookId: number;
  const happened: Happened[] = [];

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    const main = { name: 'main', url: receiver.url, secretKey: SECRET };
    hookId = (await owner.ok('POST', '/api/webhooks', main)).id;
    await receiver.waitFor('WEBHOOK.CREATE');
    let id = 0;
    for (const each of ROWS) {
      const made = await happen(each, id);
      if (each.row === 25) id = made.answer.id;
      happened.push(made);
    }
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  async function happen(each: Row, id: number): Promise<Happened> {
    const [method, path, body] = each.request;
    const before = receiver.of(each.event).length;
    const start = Date.now();
    const answer = await owner.ok(method, path.replace('{id}', String(id)), body);
    const end = Date.now();
    const received = (await receiver.waitFor(each.event, before + 1))[before]!;
    return { ...each, answer, received, between: [start, end] };
  }

  const newestEvent = async (): Promise<Json> => (await owner.ok('GET', '/api/events?limit=1')).content[0];
  const deliveriesOf = async (id: number): Promise<string[]> =>
    (await owner.ok('GET', `/api/webhooks/${id}/deliveries?limit=100`)).content.map(
      ({ event }: Json) => event,
    );

  describe('3.1 How an event is produced', () => {
    it('the operator and the time of the request’s start are in it, not those of its delivery', () => {
      for (const { received, between, answer, event } of happened) {
        const { operator, timestamp } = received.body;
        expect([event, operator]).toEqual([event, 'Admin']);
        expect(timestamp).toBeGreaterThanOrEqual(between[0]);
        expect(timestamp).toBeLessThanOrEqual(between[1]);
        // What deletes a webhook does not edit it.
        if (answer.modifiedTime && event !== 'WEBHOOK.DELETE')
          expect([event, timestamp <= Date.parse(answer.modifiedTime)]).toEqual([event, true]);
      }
    });

    it('every row makes one event, and nothing else comes', () => {
      const expected = ['WEBHOOK.CREATE', ...happened.map(({ event }) => event)].toSorted();
      const got = receiver.received.map(({ headers }) => String(headers['x-featureprobe-event']));
      expect(got.toSorted()).toEqual(expected);
    });

    it('what fails makes no event', async () => {
      const { id } = await newestEvent();
      const failing: [string, string, unknown?][] = [
        ['POST', '/api/projects', { key: 'fp', name: 'again' }],
        ['POST', '/api/projects', { key: 'no name' }],
        ['PATCH', '/api/projects/none', { name: 'x' }],
        ['POST', '/api/members', { accounts: ['Admin'], role: 'WRITER', password: 'Pass1234' }],
        ['DELETE', '/api/members', { account: 'Admin' }],
        ['POST', '/api/webhooks', { name: 'main', url: receiver.url }],
        ['DELETE', '/api/webhooks/999999'],
      ];
      for (const [method, path, body] of failing)
        expect((await owner.call(method, path, body)).status).toBe(400);
      expect((await newestEvent()).id).toBe(id);
    });

    it('a new webhook gets its own creation; one just deleted or disabled does not get that', async () => {
      const other = await Receiver.start();
      try {
        const { id } = await owner.ok('POST', '/api/webhooks', { name: 'self', url: other.url });
        const [first] = await other.waitFor('WEBHOOK.CREATE');
        expect(first!.body.data).toMatchObject({ id, name: 'self' });
        await owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'DISABLE' });
        expect(await deliveriesOf(id)).toEqual(['WEBHOOK.CREATE']);
        await owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'ENABLE' });
        await other.waitFor('WEBHOOK.UPDATE');
        await owner.ok('DELETE', `/api/webhooks/${id}`);
        expect(other.received.map(({ body }) => body.action)).toEqual(['CREATE', 'UPDATE']);
        const told = await receiver.waitFor('WEBHOOK.DELETE', receiver.of('WEBHOOK.DELETE').length);
        expect(told.map(({ body }) => body.data.name)).not.toContain('main');
      } finally {
        await other.stop();
      }
    });
  });

  describe('3.2 Envelope', () => {
    it.each(ROWS.map(({ event, row: number }, index) => [number, event, index] as const))(
      'row %i, %s: exactly the keys of the envelope, in alphabetical order at every depth, compact',
      (_number, _event, index) => {
        const { received, keys } = happened[index]!;
        const applying = [...keys].map((letter) => KEY_OF[letter]);
        const envelope = ['action', 'data', 'operator', 'resource', 'timestamp', ...applying].toSorted();
        expect(Object.keys(received.body)).toEqual(envelope);
        for (const name of applying) expect(received.body[name]).toBe(KEYS[name]);
        expect(received.bytes.toString('utf8')).toBe(JSON.stringify(sorted(received.body)));
        expect(received.bytes.toString('utf8')).not.toMatch(/:null[,}]/);
        expect(typeof received.body.timestamp).toBe('number');
      },
    );

    it('organization, event and delivery ids are not in the body, nor is an organization’s name', () => {
      for (const { received } of happened) {
        for (const name of ['organizationId', 'webhookId', 'eventId', 'deliveryId', 'id'])
          expect(received.body).not.toHaveProperty(name);
      }
    });
  });

  describe('3.3 Delivery request', () => {
    it('is a POST with FeatureProbe’s headers, signed over the exact bytes', () => {
      for (const { received } of happened) {
        expect([received.method, received.path]).toEqual(['POST', '/hook']);
        expect(received.headers).toMatchObject({
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'FeatureProbe-Webhook/1.0',
          'x-featureprobe-sign': createHmac('sha1', SECRET).update(received.bytes).digest('base64'),
        });
      }
    });

    it('an empty secret means no signature, and the request is sent all the same (decided)', async () => {
      const other = await Receiver.start();
      try {
        const request = { name: 'unsigned', url: other.url, secretKey: '' };
        const { id } = await owner.ok('POST', '/api/webhooks', request);
        const [first] = await other.waitFor('WEBHOOK.CREATE');
        expect(first!.headers).not.toHaveProperty('x-featureprobe-sign');
        await owner.ok('DELETE', `/api/webhooks/${id}`);
      } finally {
        await other.stop();
      }
    });

    it.each([
      [200, 'SUCCESS'],
      [204, 'SUCCESS'],
      [299, 'SUCCESS'],
      [302, 'FAIL'],
      [404, 'FAIL'],
      [500, 'FAIL'],
    ])('%i is %s, which shows in the webhook; a redirect is not followed (decided)', async (code, result) => {
      const other = await Receiver.start();
      try {
        other.answerWith(code, { Location: receiver.url });
        const before = receiver.received.length;
        const { id } = await owner.ok('POST', '/api/webhooks', {
          name: `answers ${code}`,
          url: other.url,
          events: ['WEBHOOK.CREATE'],
        });
        await expect
          .poll(() => owner.ok('GET', `/api/webhooks/${id}`), { timeout: 30_000, interval: 20 })
          .toMatchObject({ lastedStatus: result, lastedStatusCode: code });
        await owner.ok('DELETE', `/api/webhooks/${id}`);
        await receiver.waitFor('WEBHOOK.DELETE', receiver.of('WEBHOOK.DELETE').length);
        for (const { body } of receiver.received.slice(before)) expect(body.resource).toBe('WEBHOOK');
        expect(other.received.every(({ body }) => body.data.id === id)).toBe(true);
      } finally {
        await other.stop();
      }
    });
  });

  describe('3.4 Event table (27 annotated endpoints, 26 distinct resource/action pairs)', () => {
    it('has 27 rows of 26 different events, all of them caused here', () => {
      expect(new Set(ROWS.map((each) => each.row)).size).toBe(27);
      expect(new Set(ROWS.map(({ event }) => event)).size).toBe(26);
    });

    it.each(ROWS.map(({ event, type, row: number }, index) => [number, event, type, index] as const))(
      'row %i, %s: data has exactly the fields of %s, and is what the API answered',
      (_number, _event, type, index) => {
        const { received, answer } = happened[index]!;
        const { data } = received.body;
        for (const each of Array.isArray(data) ? data : [data]) expect(fieldsOf(each)).toEqual(DATA[type]);
        const answered = wire(answer);
        expect(data).toEqual(type === 'WebHook' ? pick(answered, DATA.WebHook) : answered);
      },
    );

    it('row 3 lists the environments as they were before the deletion', () => {
      const { received } = happened.find((each) => each.row === 3)!;
      expect(received.body.data.environments.map(({ key }: Json) => key)).toEqual(['online', 'stage']);
    });

    it('row 4 lists all live environments, not only those that were changed', () => {
      const { received } = happened.find((each) => each.row === 4)!;
      expect(received.body.data).toMatchObject([
        { environmentKey: 'online', enable: false },
        { environmentKey: 'stage', enable: true, reviewers: ['Admin'] },
      ]);
    });

    it('row 6 has the new SDK key in clear', () => {
      const { received, answer } = happened.find((each) => each.row === 6)!;
      expect(received.body.data.serverSdkKey).toBe(answer.serverSdkKey);
      expect(answer.serverSdkKey).toMatch(/^server-[0-9a-f]{40}$/);
    });

    it('rows 11 and 12 say whether the toggle is archived', () => {
      const archived = (number: number): boolean =>
        happened.find((each) => each.row === number)!.received.body.data.archived;
      expect([archived(11), archived(12)]).toEqual([true, false]);
    });

    it('³ REVOKE is UPDATE_APPROVAL; JUMP sends UPDATE_APPROVAL, then PUBLISH (decided)', async () => {
      await owner.ok('POST', '/api/projects', { key: 'jump', name: 'Jump' });
      await owner.ok('POST', '/api/projects/jump/toggles', TOGGLE);
      await owner.ok('PATCH', '/api/projects/jump/approvalSettings', {
        approvalSettings: [{ environmentKey: 'online', enable: true, reviewers: ['Admin'] }],
      });
      const targeting = '/api/projects/jump/environments/online/toggles/new_checkout/targeting';
      for (const status of ['REVOKE', 'JUMP']) {
        await owner.ok('POST', `${targeting}/approval`, CHANGE);
        await owner.ok('PATCH', `${targeting}/approvalStatus`, { status });
      }
      const ofJump = (): Json[] =>
        receiver.received
          .map(({ body }) => body)
          .filter((body) => body.projectKey === 'jump' && body.toggleKey);
      await expect.poll(() => ofJump().length, { timeout: 30_000, interval: 20 }).toBe(6);
      expect(ofJump().map(({ action, data }) => [action, data.status])).toEqual([
        ['CREATE', undefined],
        ['CREATE_APPROVAL', 'PENDING'],
        ['UPDATE_APPROVAL', 'REVOKE'],
        ['CREATE_APPROVAL', 'PENDING'],
        ['UPDATE_APPROVAL', 'JUMP'],
        ['PUBLISH', 'RELEASE'],
      ]);
    });

    it('nothing is emitted for what the contract lists as silent', async () => {
      await owner.ok('POST', '/api/projects', { key: 'silent', name: 'Silent' });
      await owner.ok('POST', '/api/projects/silent/toggles', TOGGLE);
      const { id } = await newestEvent();
      const at = '/api/projects/silent/environments/online';
      const metric = { name: 'm', metricType: 'CONVERSION', eventType: 'CUSTOM', eventName: 'e' };
      await owner.ok('POST', '/api/tokens', { name: 'silent', type: 'PERSON' });
      await owner.ok('POST', '/api/projects/silent/tags', { name: 'tag' });
      await owner.ok('POST', '/api/projects/silent/attributes', { key: 'city' });
      await owner.ok('POST', '/api/dictionaries/user_last_seen', {});
      await owner.ok('POST', `${at}/toggles/new_checkout/metric`, metric);
      await owner.ok('PATCH', `${at}/events/tracker-status`, { enabled: true });
      await owner.login('Admin', ADMIN_PASSWORD);
      const eve = await owner.login('eve', 'Pass1234');
      const passwords = { oldPassword: 'Pass1234', newPassword: 'Pass5678' };
      await eve.ok('PATCH', '/api/members/modifyPassword', passwords);
      expect((await newestEvent()).id).toBe(id);
    });

    it.each(SAMPLES.map((sample) => [`${sample.resource}.${sample.action}`, sample] as const))(
      'a receiver of the published %s finds all of it in ours, of the same types',
      (event, sample) => {
        const { received } = happened.find((each) => each.event === event)!;
        expect(missingFrom(received.body, sample)).toEqual([]);
        const added = missingFrom(sample, received.body).filter((path) => !ADDED.has(path));
        expect(added).toEqual([]);
      },
    );

    it('the samples that a webhook is tested with have the fields of real events', async () => {
      for (const each of happened) {
        const { request } = await owner.ok('POST', `/api/webhooks/${hookId}/test`, { event: each.event });
        const sample = JSON.parse(request.body);
        expect([each.event, fieldsOf(sample)]).toEqual([each.event, fieldsOf(each.received.body)]);
        const [mine, real] = [sample.data, each.received.body.data].map((data) =>
          fieldsOf(Array.isArray(data) ? data[0] : data),
        );
        expect([each.event, mine]).toEqual([each.event, real]);
      }
    });

    it('the sample of a publishing has content that could be published', async () => {
      const { request } = await owner.ok('POST', `/api/webhooks/${hookId}/test`, { event: 'TOGGLE.PUBLISH' });
      const { content, disabled } = JSON.parse(request.body).data;
      await owner.ok('POST', '/api/projects', { key: 'sample', name: 'Sample' });
      await owner.ok('POST', '/api/projects/sample/toggles', TOGGLE);
      const targeting = '/api/projects/sample/environments/online/toggles/new_checkout/targeting';
      const answer = await owner.patch(targeting, { content, disabled });
      expect(answer).toMatchObject({ status: 200, body: { content } });
    });
  });
});
