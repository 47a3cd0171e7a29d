import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { expectForbidden, expectRefusal, fieldsOf, ISO_DATE, names, rowsOf } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const SECRET = '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706';
const WEBHOOK = names(
  'id name status url secretKey description createdTime createdBy modifiedTime modifiedBy',
);
/** Flagpost's own, documented in its contract; those that are unset are left out. */
const ADDED = names(
  'events projectKeys environmentKeys toggleKeys format template headers timeoutMs retryForHours maxPerSecond ' +
    'maxInFlight ordering maskSdkKeys asymmetricSignature health',
);
const LAST = names('lastedStatus lastedStatusCode lastedTime');

describe.each(DATABASES)('contract of webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;
  let writer: ApiClient;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['walt'], role: 'WRITER', password: 'Pass1234' });
    writer = await owner.login('walt', 'Pass1234');
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });
  beforeEach(() => {
    count += 1;
    name = `hook-${count}`;
  });

  const request = (more: object = {}): Json => ({
    name,
    url: `${receiver.url}/${count}`,
    status: 'DISABLE',
    secretKey: SECRET,
    description: 'text',
    ...more,
  });
  const make = (more: object = {}): Promise<Json> => owner.ok('POST', '/api/webhooks', request(more));
  const fieldsOfFeatureProbe = (webhook: object): string[] =>
    fieldsOf(webhook).filter((field) => !ADDED.includes(field));
  const page = async (query: string): Promise<string[]> =>
    rowsOf(await owner.ok('GET', `/api/webhooks?pageSize=1000&${query}`)).map((webhook) => webhook.name);

  describe('2.13 Webhooks', () => {
    it('POST answers the webhook with FeatureProbe’s fields', async () => {
      const webhook = await make();
      expect(fieldsOfFeatureProbe(webhook)).toEqual(WEBHOOK);
      expect(webhook).toMatchObject({
        id: expect.any(Number),
        name,
        status: 'DISABLE',
        url: `${receiver.url}/${count}`,
        secretKey: SECRET,
        description: 'text',
        createdTime: ISO_DATE,
        createdBy: 'Admin',
        modifiedTime: webhook.createdTime,
        modifiedBy: 'Admin',
      });
    });

    it('secretKey, description and status may be left out: made, empty, ENABLE', async () => {
      const webhook = await owner.ok('POST', '/api/webhooks', { name, url: receiver.url });
      expect(webhook).toMatchObject({
        secretKey: expect.stringMatching(/^[0-9a-f]{40}$/),
        description: '',
        status: 'ENABLE',
      });
      await owner.ok('DELETE', `/api/webhooks/${webhook.id}`);
    });

    it('an item has no last result before there is one, and three fields after it', async () => {
      const { id } = await make({ status: 'ENABLE', events: ['SEGMENT.*'] });
      const item = await owner.ok('GET', `/api/webhooks/${id}`);
      expect(fieldsOfFeatureProbe(item)).toEqual(WEBHOOK);
      await owner.ok('PATCH', `/api/webhooks/${id}`, { events: ['*'] });
      const read = () => owner.ok('GET', `/api/webhooks/${id}`);
      await waitFor(async () => (await read()).lastedStatus, 'a last result');
      const after = await read();
      expect(fieldsOfFeatureProbe(after)).toEqual([...WEBHOOK, ...LAST].toSorted());
      expect(after).toMatchObject({ lastedStatus: 'SUCCESS', lastedStatusCode: 200, lastedTime: ISO_DATE });
      const { content } = await owner.ok('GET', `/api/webhooks?nameLike=${name}`);
      expect(content).toEqual([after]);
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('a try without an HTTP answer is FAIL with code 0', async () => {
      const gone = await Receiver.start();
      const { url } = gone;
      await gone.stop();
      const { id } = await make({ status: 'ENABLE', url });
      const read = () => owner.ok('GET', `/api/webhooks/${id}`);
      await waitFor(async () => (await read()).lastedStatus, 'a last result');
      expect(await read()).toMatchObject({ lastedStatus: 'FAIL', lastedStatusCode: 0, modifiedBy: 'Admin' });
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('GET pages, newest first; nameLike and status are both filters', async () => {
      const [on, off] = [`filter-${count}-on`, `filter-${count}-OFF`];
      const { id } = await make({ name: on, status: 'ENABLE', events: ['SEGMENT.*'] });
      await make({ name: off });
      expect(await page(`nameLike=FILTER-${count}`)).toEqual([off, on]);
      expect(await page(`nameLike=filter-${count}&status=ENABLE`)).toEqual([on]);
      expect(await page(`nameLike=filter-${count}&status=DISABLE`)).toEqual([off]);
      expect(await page('nameLike=no-such-hook&status=ENABLE')).toEqual([]);
      expect(await page(`nameLike=filter-${count}&status=`)).toEqual([off, on]);
      expectRefusal(await owner.get('/api/webhooks?status=ON'), 'invalid_request', 'status');
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('GET /secretKey suggests one and stores nothing', async () => {
      const { secretKey, ...rest } = await owner.ok('GET', '/api/webhooks/secretKey');
      expect([secretKey, rest]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/), {}]);
      expect((await owner.ok('GET', '/api/webhooks/secretKey')).secretKey).not.toBe(secretKey);
    });

    it('GET /checkUrl names the webhooks with exactly that URL, encoded or not', async () => {
      const url = `${receiver.url}?a=1&b=${count}`;
      await make({ url });
      for (const written of [encodeURIComponent(url), url])
        expect(await owner.ok('GET', `/api/webhooks/checkUrl?url=${written}`)).toEqual([name]);
      expect(await owner.ok('GET', `/api/webhooks/checkUrl?url=${encodeURIComponent(`${url}0`)}`)).toEqual(
        [],
      );
      expectRefusal(await owner.get('/api/webhooks/checkUrl'), 'invalid_request', 'url');
    });

    it('PATCH keeps what it does not name, and what it names as null, `url` included (decided)', async () => {
      const before = await make();
      const { modifiedTime: _then, ...kept } = before;
      const empty = { name: null, status: null, secretKey: null, url: null, description: null };
      for (const body of [{}, empty]) {
        const after = await owner.ok('PATCH', `/api/webhooks/${before.id}`, body);
        expect(after).toMatchObject(kept);
      }
      const changes = { name: `${name}-b`, secretKey: 'other', url: `${receiver.url}/x`, description: '' };
      expect(await owner.ok('PATCH', `/api/webhooks/${before.id}`, changes)).toMatchObject({
        ...kept,
        ...changes,
      });
    });

    it('PATCH takes the whole row that the UI sends', async () => {
      const row = await make();
      const answer = await owner.ok('PATCH', `/api/webhooks/${row.id}`, { ...row, description: 'edited' });
      expect(answer).toMatchObject({ id: row.id, description: 'edited', secretKey: SECRET });
    });

    it('DELETE answers the webhook and removes it; its name is free again', async () => {
      const { id } = await make();
      expect(fieldsOfFeatureProbe(await owner.ok('DELETE', `/api/webhooks/${id}`))).toEqual(WEBHOOK);
      for (const method of ['GET', 'PATCH', 'DELETE'])
        expectRefusal(
          await owner.call(method, `/api/webhooks/${id}`, method === 'PATCH' ? {} : undefined),
          'not_found',
          `WebHook ${id} not found`,
        );
      await make();
    });

    it('a name is unique in the organization', async () => {
      const first = await make();
      const taken = await owner.post('/api/webhooks', request({ name: name.toUpperCase() }));
      expect(taken).toMatchObject({ status: 400, body: CONFLICT });
      const other = await make({ name: `${name}-other` });
      const renamed = await owner.patch(`/api/webhooks/${other.id}`, { name });
      expect(renamed).toMatchObject({ status: 400, body: CONFLICT });
      await owner.ok('PATCH', `/api/webhooks/${first.id}`, { name });
    });

    it.each([
      'nonsense',
      'hooks.example.com',
      'xyz://a.example',
      'ftp://a.example',
      'file:///etc/passwd',
      'http://',
    ])('a URL %s is illegal, on creation and change', async (url) => {
      const { id } = await make();
      for (const answer of [
        await owner.post('/api/webhooks', request({ name: `${name}-x`, url })),
        await owner.patch(`/api/webhooks/${id}`, { url }),
      ])
        expectRefusal(answer, 'invalid_request', 'WebHook URL is illegal');
    });

    it.each<[string, object]>([
      ['name', { name: undefined }],
      ['name', { name: ' ' }],
      ['name', { name: 'x'.repeat(65) }],
      ['url', { url: undefined }],
      ['url', { url: `http://a.example/${'x'.repeat(2048)}` }],
      ['status', { status: 'ON' }],
      ['secretKey', { secretKey: 'x'.repeat(1025) }],
      ['description', { description: 'x'.repeat(1025) }],
      ['description', { description: 5 }],
    ])('POST names %s when it is wrong', async (field, wrong) => {
      expectRefusal(await owner.post('/api/webhooks', request(wrong)), 'invalid_request', `${field} `);
    });

    it('an id that is no number is refused', async () => {
      expectRefusal(await owner.get('/api/webhooks/abc'), 'invalid_request', 'id');
    });

    it('writers read webhooks without secrets, all else is the owners’ (decided)', async () => {
      const { id } = await make();
      const item = await writer.ok('GET', `/api/webhooks/${id}`);
      expect(fieldsOfFeatureProbe(item)).toEqual(WEBHOOK.filter((field) => field !== 'secretKey'));
      expect(JSON.stringify(await writer.ok('GET', '/api/webhooks?pageSize=1000'))).not.toContain(SECRET);
      expectForbidden(await writer.post('/api/webhooks', request({ name: `${name}-w` })));
      expectForbidden(await writer.patch(`/api/webhooks/${id}`, { name: `${name}-w` }));
      expectForbidden(await writer.delete(`/api/webhooks/${id}`));
    });
  });
});
