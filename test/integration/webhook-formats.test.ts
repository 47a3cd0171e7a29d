import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_NAMES } from '../../src/events/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const READY = ['slack', 'teams', 'feishu', 'dingtalk', 'wecom', 'datadog'];

/** Fine for samples, whose variations are there, and no JSON where a toggle has none of that number. */
const FRAGILE = '{"third":{{{data.variations.1.value}}}}';

describe.each(DATABASES)('formats of webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop', description: '' });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });
  beforeEach(() => receiver.received.splice(0));

  let count = 0;
  const fieldsOf = (fields: Json): Json => {
    count += 1;
    return { name: `hook ${count}`, url: `${receiver.url}/${count}`, secretKey: 'secret', ...fields };
  };
  const make = (fields: Json): Promise<Json> => owner.ok('POST', '/api/webhooks', fieldsOf(fields));
  const makeToggle = (key: string, fields: Json = {}): Promise<Json> =>
    owner.ok('POST', '/api/projects/shop/toggles', {
      name: `Toggle ${key}`,
      key,
      returnType: 'boolean',
      clientAvailability: false,
      desc: '',
      tags: [],
      permanent: false,
      variations: [{ value: 'false' }, { value: 'true' }],
      disabledServe: 0,
      ...fields,
    });
  const arrivedAt = (url: string): Promise<Received> =>
    waitFor(() => receiver.received.find(({ path }) => url.endsWith(path)), `a request to ${url}`);
  const deliveriesOf = async (id: number): Promise<Json[]> =>
    (await owner.ok('GET', `/api/webhooks/${id}/deliveries`)).content;
  const refused = async (fields: Json): Promise<string> => {
    const answer = await owner.post('/api/webhooks', fieldsOf(fields));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    return answer.body.message;
  };

  describe('CLOUDEVENTS', () => {
    it('arrives structured, its id that of the event, signed over its bytes', async () => {
      const { id, url } = await make({ format: 'CLOUDEVENTS', events: ['TOGGLE.*'] });
      const toggle = await makeToggle('ce');
      const { headers, body, bytes } = await arrivedAt(url);
      expect(headers['content-type']).toBe('application/cloudevents+json');
      expect(body).toMatchObject({
        specversion: '1.0',
        type: 'io.flagpost.toggle.create',
        source: '/projects/shop/toggles/ce',
        id: headers['webhook-id'],
        datacontenttype: 'application/json',
        data: { resource: 'TOGGLE', action: 'CREATE', projectKey: 'shop', data: { name: toggle.name } },
      });
      expect(new Date(body.time).getTime()).toBe(body.data.timestamp);
      new Webhook('secret', { format: 'raw' }).verify(bytes, headers as Record<string, string>);
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });
  });

  describe('TEMPLATE', () => {
    it('arrives as the template says, one message for all who have the same', async () => {
      const template = '{{operator}} & {{{data.name}}}: {{summary}}';
      const fields = {
        format: 'TEMPLATE',
        template,
        templateContentType: 'text/plain',
        events: ['TOGGLE.*'],
      };
      const [first, second] = [await make(fields), await make(fields)];
      const other = await make({ ...fields, template: 'slack' });
      expect(first).toMatchObject({ format: 'TEMPLATE', template, templateContentType: 'text/plain' });
      await makeToggle('tpl', { name: 'Say "hi" <b>' });
      const { headers, bytes } = await arrivedAt(first.url);
      expect(headers['content-type']).toBe('text/plain');
      expect(bytes.toString()).toBe('Admin & Say "hi" <b>: Admin created toggle tpl in shop');
      const sign = createHmac('sha1', 'secret').update(bytes).digest('base64');
      expect(headers['x-featureprobe-sign']).toBe(sign);
      expect((await arrivedAt(second.url)).bytes).toEqual(bytes);
      const slack = await arrivedAt(other.url);
      expect(slack.headers['content-type']).toBe(JSON_TYPE);
      expect(slack.body).toEqual({ text: 'Admin created toggle tpl in shop', mrkdwn: false });
      const messages = await flagpost.app
        .get(UnitOfWork)
        .reader.query(`SELECT id FROM message WHERE event_id = '${String(headers['webhook-id'])}'`);
      expect(messages).toHaveLength(2);
      for (const { id } of [first, second, other]) await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('says from what to what of a real change', async () => {
      await makeToggle('pub');
      const { id, url } = await make({ format: 'TEMPLATE', template: 'wecom', events: ['TOGGLE.PUBLISH'] });
      const path = '/api/projects/shop/environments/online/toggles/pub/targeting';
      const { content } = await owner.ok('GET', path);
      await owner.ok('PATCH', path, {
        content: { ...content, defaultServe: { select: 1 } },
        disabled: false,
        comment: 'go',
        baseVersion: 1,
      });
      const { body } = await arrivedAt(url);
      expect(body.text.content).toBe(
        'Admin published toggle pub in shop / online: disabled true → false, defaultServe none → 1',
      );
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('that fails for an event fails its own deliveries, not the change, and leaves the reason', async () => {
      const events = ['TOGGLE.CREATE'];
      const broken = await make({ format: 'TEMPLATE', template: FRAGILE, events });
      const sound = await make({ events });
      const toggle = await makeToggle('odd', {
        returnType: 'string',
        variations: [{ value: 'a' }, { value: 'no JSON' }],
      });
      expect(toggle.key).toBe('odd');
      await arrivedAt(sound.url);
      const [delivery] = await deliveriesOf(broken.id);
      expect(delivery).toMatchObject({ event: 'TOGGLE.CREATE', status: 'FAILED', attemptCount: 0 });
      expect(delivery.lastError).toMatch(/^template gives no valid JSON for TOGGLE\.CREATE/);
      expect(delivery.finishedTime).toBe(delivery.createdTime);
      const detail = await owner.ok('GET', `/api/deliveries/${delivery.id}`);
      expect(detail).toMatchObject({ request: { headers: {}, body: '' }, attempts: [] });
      expect((await owner.post(`/api/deliveries/${delivery.id}/redeliver`)).body).toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining('could not be made'),
      });
      // The next of the same toggle, which the template can render, is not held up.
      await owner.ok('PATCH', `/api/webhooks/${broken.id}`, { events: ['TOGGLE.UPDATE'], template: 'slack' });
      await owner.ok('PATCH', '/api/projects/shop/toggles/odd', { name: 'Renamed' });
      expect((await arrivedAt(broken.url)).body.text).toContain('name Toggle odd → Renamed');
      expect(receiver.received.filter(({ path }) => broken.url.endsWith(path))).toHaveLength(1);
      for (const { id } of [broken, sound]) await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('is tried on saving, and the message says where it fails', async () => {
      const format = 'TEMPLATE';
      expect(await refused({ format })).toBe('template is required with format TEMPLATE');
      expect(await refused({ format, template: '' })).toBe('template is required with format TEMPLATE');
      expect(await refused({ format, template: '{\n{{#data}}' })).toMatch(
        /^template line 2: Unclosed section/,
      );
      expect(await refused({ format, template: '{"a":{{summary}}}' })).toMatch(
        /^template gives no valid JSON/,
      );
      expect(await refused({ format, template: 5 })).toBe('template must be text');
      expect(await refused({ format, template: 'x'.repeat(65_537) })).toMatch(/^template must have at most/);
      expect(await refused({ format, template: 'x', templateContentType: 'a\r\nb' })).toMatch(
        /^templateContentType must be a media type/,
      );
      expect(await refused({ format: 'XML' })).toMatch(
        /^format must be one of FEATUREPROBE, CLOUDEVENTS, TEM/,
      );
    });

    it('changes by PATCH, and its being there or not follows the format', async () => {
      const { id } = await make({ format: 'CLOUDEVENTS', template: 'not looked at', status: 'DISABLE' });
      const patch = (body: Json): Promise<Json> => owner.patch(`/api/webhooks/${id}`, body);
      expect(await patch({ format: 'TEMPLATE' })).toMatchObject({ status: 400 });
      const filled = { format: 'TEMPLATE', template: '{}', templateContentType: 'application/x+json' };
      expect(await patch(filled)).toMatchObject({ status: 200, body: filled });
      expect(await owner.ok('GET', `/api/webhooks/${id}`)).toMatchObject(filled);
      expect(await patch({ template: null })).toMatchObject({
        status: 400,
        body: { message: 'template is required with format TEMPLATE' },
      });
      const unset = await patch({ format: 'FEATUREPROBE', template: null, templateContentType: '' });
      expect(unset.status).toBe(200);
      expect(unset.body).not.toHaveProperty('template');
      expect(unset.body).not.toHaveProperty('templateContentType');
      const events = await owner.ok('GET', '/api/events?resource=WEBHOOK&limit=1');
      expect(events.content[0].changes).toContainEqual({ path: '/template', from: '{}' });
    });

    it('that has come to fail does not keep its webhook from other edits', async () => {
      const { id } = await make({ format: 'TEMPLATE', template: '{}' });
      const unitOfWork = flagpost.app.get(UnitOfWork);
      await unitOfWork.run(() =>
        unitOfWork.manager.query(`UPDATE webhook SET template = '{{#' WHERE id = ${id}`),
      );
      const path = `/api/webhooks/${id}`;
      expect((await owner.post(`${path}/test`)).body.message).toMatch(/^template line 1: Unclosed tag/);
      expect((await owner.patch(path, { events: ['TOGGLE.*'] })).status).toBe(400);
      expect(await owner.ok('PATCH', path, { status: 'DISABLE' })).toMatchObject({ status: 'DISABLE' });
    });

    it('is used by test requests, with each event and every ready template', async () => {
      const { id, url } = await make({ format: 'TEMPLATE', template: 'slack', status: 'DISABLE' });
      for (const template of READY) {
        await owner.ok('PATCH', `/api/webhooks/${id}`, { template });
        const result = await owner.ok('POST', `/api/webhooks/${id}/test`);
        expect(result.success).toBe(true);
        expect(result.request.body).toContain('Admin published toggle new_checkout');
      }
      for (const event of EVENT_NAMES) await owner.ok('POST', `/api/webhooks/${id}/test`, { event });
      expect(receiver.received.filter(({ path }) => url.endsWith(path))).toHaveLength(
        READY.length + EVENT_NAMES.length,
      );
    });
  });

  describe('the routes', () => {
    it('list the ready templates, each of which its own preview shows', async () => {
      const templates: Json[] = await owner.ok('GET', '/api/webhooks/templates');
      expect(templates.map(({ name }) => name)).toEqual(READY);
      for (const { name, contentType, template } of templates) {
        const preview = await owner.ok('POST', '/api/webhooks/preview', { template: name });
        expect(preview.contentType).toBe(contentType);
        JSON.parse(preview.body);
        const copied = { template, templateContentType: contentType };
        // The instant of the sample is not in any of them.
        expect(await owner.ok('POST', '/api/webhooks/preview', copied)).toEqual(preview);
      }
    });

    it('preview any format and event, and keep nothing', async () => {
      const before = (await owner.ok('GET', '/api/webhooks')).totalElements;
      const preview = (body: Json): Promise<Json> => owner.ok('POST', '/api/webhooks/preview', body);
      const plain = await preview({});
      expect(plain.contentType).toBe(JSON_TYPE);
      expect(JSON.parse(plain.body)).toMatchObject({
        resource: 'TOGGLE',
        action: 'PUBLISH',
        operator: 'Admin',
      });
      const cloud = await preview({ format: 'CLOUDEVENTS', event: 'ENVIRONMENT.CREATE', maskSdkKeys: true });
      expect(cloud.contentType).toBe('application/cloudevents+json');
      expect(JSON.parse(cloud.body).data.data.serverSdkKey).toBe('****4567');
      const xml = await preview({ template: '<a>{{operator}}</a>', templateContentType: 'text/xml' });
      expect(xml).toEqual({ contentType: 'text/xml', body: '<a>Admin</a>' });
      expect((await owner.ok('GET', '/api/webhooks')).totalElements).toBe(before);
    });

    it.each<[Json, RegExp]>([
      [{ format: 'TEMPLATE' }, /^template is required/],
      [{ template: '{{#a}}' }, /^template line 1: Unclosed section "a"/],
      [{ template: '{"a":{{operator}}}' }, /^template gives no valid JSON for TOGGLE\.PUBLISH/],
      [{ template: 'x', templateContentType: 'x' }, /^templateContentType must be/],
      [{ event: 'TOGGLE.EXPLODE' }, /^event must be one of/],
      [{ maskSdkKeys: 'yes' }, /^maskSdkKeys must be true or false/],
    ])('refuse to preview %j', async (body, message) => {
      const answer = await owner.post('/api/webhooks/preview', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toMatch(message);
    });
  });
});
