import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { EPOCH_MS, ISO_DATE } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const SERVER_KEY: unknown = expect.stringMatching(/^server-[0-9a-f]{40}$/);
const CLIENT_KEY: unknown = expect.stringMatching(/^client-[0-9a-f]{40}$/);
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const CONTENT = {
  rules: [],
  disabledServe: { select: 0 },
  defaultServe: { select: 1 },
  variations: VARIATIONS,
  prerequisites: [],
};
const GO_LIVE = { disabled: false, comment: 'go live', baseVersion: 1, content: CONTENT };
const SHOP = '/api/projects/shop';
const TARGETING = `${SHOP}/environments/online/toggles/new_checkout/targeting`;
const ONLINE = {
  name: 'online',
  key: 'online',
  enableApproval: false,
  serverSdkKey: SERVER_KEY,
  clientSdkKey: CLIENT_KEY,
};
const SECRET = '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706';
/** Flagpost's own fields of a webhook that has none of its options set: they come on top of the examples. */
const OWN_WEBHOOK_FIELDS = {
  events: ['*'],
  format: 'FEATUREPROBE',
  timeoutMs: 10_000,
  retryForHours: 72,
  maxInFlight: 10,
  ordering: 'RESOURCE',
  maskSdkKeys: false,
  asymmetricSignature: false,
};

/** The examples tell one story, in order; each `it` goes on where the one before stopped. */
describe.each(DATABASES)('contract by its examples on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/webhooks', { name: 'watch', url: receiver.url });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  const expectAnswer = ({ status, body }: Answer, expected: [number, unknown]): void =>
    expect([status, body]).toEqual(expected);
  /** The exact body of the newest request of that name, once it is there. */
  const bodyOf = async (event: string): Promise<Received> => (await receiver.waitFor(event)).at(-1)!;

  describe('13 Composed examples (golden-shape reference)', () => {
    it('POST /api/projects, exists, and a project that is not there', async () => {
      const request = { name: 'Shop', key: 'shop', description: '' };
      expectAnswer(await owner.post('/api/projects', request), [200, { ...request, environments: [ONLINE] }]);
      expectAnswer(await owner.get('/api/projects/exists?type=KEY&value=shop'), [
        400,
        { code: 'conflict', message: 'This resource already exists, please modify' },
      ]);
      expectAnswer(await owner.get('/api/projects/nope/toggles?environmentKey=online'), [
        400,
        { code: 'not_found', message: 'Project nope not found' },
      ]);
    });

    it('POST toggles, and an element of their list', async () => {
      await owner.ok('POST', `${SHOP}/tags`, { name: 'web' });
      const request = {
        name: 'New checkout',
        key: 'new_checkout',
        desc: '',
        tags: ['web'],
        clientAvailability: true,
        returnType: 'boolean',
        permanent: false,
        disabledServe: 0,
        variations: VARIATIONS,
      };
      expectAnswer(await owner.post(`${SHOP}/toggles`, request), [
        200,
        { ...request, archived: false, createdTime: ISO_DATE, modifiedTime: ISO_DATE, modifiedBy: 'Admin' },
      ]);
      const page = await owner.ok('GET', `${SHOP}/toggles?environmentKey=online&pageIndex=0&pageSize=10`);
      expect(page.content).toEqual([
        {
          name: 'New checkout',
          key: 'new_checkout',
          permanent: false,
          returnType: 'boolean',
          desc: '',
          tags: ['web'],
          disabled: true,
          modifiedTime: ISO_DATE,
          modifiedBy: 'Admin',
          locked: false,
          releaseStatus: 'RELEASE',
        },
      ]);
    });

    it('webhook body: TOGGLE CREATE, with the keys that FeatureProbe forgets', async () => {
      const { body, bytes } = await bodyOf('TOGGLE.CREATE');
      const { createdTime, modifiedTime } = body.data;
      expect([createdTime, modifiedTime, body.timestamp]).toEqual([EPOCH_MS, EPOCH_MS, EPOCH_MS]);
      expect(bytes.toString('utf8')).toBe(
        `{"action":"CREATE","data":{"archived":false,"clientAvailability":true,"createdTime":${createdTime},"desc":"",` +
          `"disabledServe":0,"key":"new_checkout","modifiedBy":"Admin","modifiedTime":${modifiedTime},"name":"New checkout",` +
          '"permanent":false,"returnType":"boolean","tags":["web"],"variations":[{"description":"","name":"off","value":"false"},' +
          '{"description":"","name":"on","value":"true"}]},"operator":"Admin","projectKey":"shop","resource":"TOGGLE",' +
          `"timestamp":${body.timestamp},"toggleKey":"new_checkout"}`,
      );
    });

    it('PATCH targeting, the same again, and an element of its versions', async () => {
      await owner.ok('PATCH', TARGETING, GO_LIVE);
      expectAnswer(await owner.patch(TARGETING, GO_LIVE), [
        400,
        { code: 'invalid_request', message: 'Request conflict, please try again' },
      ]);
      const { content } = await owner.ok('GET', `${TARGETING}/versions`);
      expect(content[0]).toEqual({
        projectKey: 'shop',
        environmentKey: 'online',
        toggleKey: 'new_checkout',
        comment: 'go live',
        content: CONTENT,
        disabled: false,
        version: 2,
        createdTime: ISO_DATE,
        createdBy: 'Admin',
      });
    });

    it('webhook body: MEMBER CREATE; an element of GET /api/members', async () => {
      const request = { accounts: ['bob'], role: 'WRITER', password: 'Pass1234' };
      await owner.ok('POST', '/api/members', request);
      const { body, bytes } = await bodyOf('MEMBER.CREATE');
      const [{ createdTime }] = body.data;
      expect(bytes.toString('utf8')).toBe(
        `{"action":"CREATE","data":[{"account":"bob","createdBy":"Admin","createdTime":${createdTime},"modifiedBy":"Admin",` +
          `"modifiedTime":${createdTime},"role":"WRITER"}],"operator":"Admin","resource":"MEMBER","timestamp":${body.timestamp}}`,
      );
      bob = await owner.login('bob', 'Pass1234');
      await bob.ok('GET', '/api/projects');
      const { content } = await owner.ok('GET', '/api/members');
      expect(content.find(({ account }: Json) => account === 'bob')).toEqual({
        account: 'bob',
        role: 'WRITER',
        allowEdit: true,
        createdBy: 'Admin',
        visitedTime: ISO_DATE,
        valid: true,
        organizationMemberCreateBy: 'Admin',
      });
    });

    it('webhook body: PROJECT UPDATE_APPROVAL_SETTINGS', async () => {
      const approvalSettings = [{ environmentKey: 'online', enable: true, reviewers: ['Admin'] }];
      await owner.ok('PATCH', `${SHOP}/approvalSettings`, { approvalSettings });
      const { body, bytes } = await bodyOf('PROJECT.UPDATE_APPROVAL_SETTINGS');
      expect(bytes.toString('utf8')).toBe(
        '{"action":"UPDATE_APPROVAL_SETTINGS","data":[{"enable":true,"environmentKey":"online","environmentName":"online",' +
          '"locked":false,"reviewers":["Admin"]}],"operator":"Admin","projectKey":"shop","resource":"PROJECT",' +
          `"timestamp":${body.timestamp}}`,
      );
    });

    it('POST approval, and an element of the approval records', async () => {
      const change = { ...GO_LIVE, disabled: true, content: { ...CONTENT, defaultServe: { select: 0 } } };
      const answer = await bob.post(`${TARGETING}/approval`, { ...change, reviewers: ['bob'] });
      expectAnswer(answer, [
        200,
        {
          title: 'go live',
          projectKey: 'shop',
          environmentKey: 'online',
          toggleKey: 'new_checkout',
          status: 'PENDING',
          submitBy: 'bob',
          approvalDate: ISO_DATE,
          currentData: { disabled: false, content: JSON.stringify(CONTENT) },
          approvalData: { disabled: true, content: JSON.stringify(change.content) },
        },
      ]);
      const page = await owner.ok('GET', '/api/approvalRecords?type=APPROVAL&status[0]=PENDING');
      expect(page.content).toEqual([
        {
          title: 'go live',
          projectName: 'Shop',
          projectKey: 'shop',
          toggleName: 'New checkout',
          toggleKey: 'new_checkout',
          environmentName: 'online',
          environmentKey: 'online',
          status: 'PENDING',
          submitBy: 'bob',
          locked: true,
          lockedTime: ISO_DATE,
          reviewers: ['Admin'],
          approvedBy: '',
          createdTime: ISO_DATE,
          modifiedTime: ISO_DATE,
          canceled: false,
        },
      ]);
      await bob.ok('PATCH', `${TARGETING}/sketch/cancel`);
    });

    it('PATCH segments publish, and DELETE of one that is used', async () => {
      await owner.ok('POST', `${SHOP}/segments`, { name: 'VIP', key: 'vip', description: '' });
      const conditions = [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }];
      const rules = [{ name: 'paris', conditions }];
      const publish = { rules, comment: '', baseVersion: 1 };
      expectAnswer(await owner.patch(`${SHOP}/segments/vip/publish`, publish), [
        200,
        {
          name: 'VIP',
          key: 'vip',
          rules,
          description: '',
          projectKey: 'shop',
          createdTime: ISO_DATE,
          modifiedTime: ISO_DATE,
          modifiedBy: 'Admin',
          version: 2,
        },
      ]);
      const approvalSettings = [{ environmentKey: 'online', enable: false, reviewers: ['Admin'] }];
      await owner.ok('PATCH', `${SHOP}/approvalSettings`, { approvalSettings });
      const inVip = { type: 'segment', predicate: 'is in', objects: ['vip'] };
      const using = [{ name: 'vip', conditions: [inVip], serve: { select: 1 } }];
      await owner.ok('PATCH', TARGETING, { content: { ...CONTENT, rules: using } });
      expectAnswer(await owner.delete(`${SHOP}/segments/vip`), [
        400,
        { code: 'invalid_request', message: 'This resource is being used' },
      ]);
    });

    it('webhook body: ENVIRONMENT OFFLINE', async () => {
      await owner.ok('POST', `${SHOP}/environments`, { name: 'stage', key: 'stage' });
      const { serverSdkKey, clientSdkKey } = await owner.ok('PATCH', `${SHOP}/environments/stage/offline`);
      const { body, bytes } = await bodyOf('ENVIRONMENT.OFFLINE');
      expect(bytes.toString('utf8')).toBe(
        `{"action":"OFFLINE","data":{"clientSdkKey":"${clientSdkKey}","enableApproval":false,"key":"stage","name":"stage",` +
          `"serverSdkKey":"${serverSdkKey}"},"environmentKey":"stage","operator":"Admin","projectKey":"shop",` +
          `"resource":"ENVIRONMENT","timestamp":${body.timestamp}}`,
      );
    });

    it('POST /api/tokens, whose operator becomes api:ci', async () => {
      const { token, ...rest } = await owner.ok('POST', '/api/tokens', {
        name: 'ci',
        type: 'APPLICATION',
        role: 'WRITER',
      });
      expect([token, rest]).toEqual([expect.stringMatching(/^api-[0-9a-f]{40}$/), {}]);
      const ci = new ApiClient(flagpost.baseUrl, { Authorization: token });
      await ci.ok('PATCH', SHOP, { description: 'by a token' });
      expect((await bodyOf('PROJECT.UPDATE')).body.operator).toBe('api:ci');
    });

    it('POST /api/webhooks, and the element of the list after one delivery', async () => {
      const request = {
        name: 'audit',
        url: `${receiver.url}/fp`,
        status: 'ENABLE',
        secretKey: SECRET,
        description: '',
      };
      const { body: webhook, status } = await owner.post('/api/webhooks', request);
      const { health: _health, ...made } = webhook;
      expect(status).toBe(200);
      const stamped = {
        id: expect.any(Number),
        createdTime: ISO_DATE,
        createdBy: 'Admin',
        modifiedTime: ISO_DATE,
        modifiedBy: 'Admin',
      };
      expect(made).toEqual({ ...request, ...stamped, ...OWN_WEBHOOK_FIELDS });
      const read = async (): Promise<Json> =>
        (await owner.ok('GET', '/api/webhooks')).content.find(({ name }: Json) => name === 'audit');
      await waitFor(async () => (await read()).lastedStatus, 'one delivery');
      expect(await read()).toEqual({
        ...made,
        health: { state: 'HEALTHY' },
        lastedStatus: 'SUCCESS',
        lastedStatusCode: 200,
        lastedTime: ISO_DATE,
      });
    });

    it('POST /api/dictionaries/user_last_seen', async () => {
      const value = '{"projectKey":"shop","environmentKey":"online"}';
      expectAnswer(await owner.raw('POST', '/api/dictionaries/user_last_seen', value), [
        200,
        { key: 'user_last_seen', value, modifiedTime: ISO_DATE, createdTime: ISO_DATE },
      ]);
    });
  });
});
