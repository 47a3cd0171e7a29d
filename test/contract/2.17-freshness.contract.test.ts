import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { Shop } from '../support/shop.js';

const RULES = [
  {
    name: 'r',
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
  },
];

/** A change by somebody else than who made the thing. */
interface Case {
  readonly event: string;
  /** Makes the thing as the owner; answers the request that changes it, and where the thing is read afterwards. */
  prepare(): Promise<{ request: [string, string, unknown?]; before: Json; read?: string }>;
}

describe.each(DATABASES)('contract of freshness on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;
  let olga: ApiClient;
  let shop: Shop;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['olga'], role: 'OWNER', password: 'Pass1234' });
    olga = await owner.login('olga', 'Pass1234');
    shop = await Shop.open(owner);
    await owner.ok('POST', '/api/webhooks', { name: 'main', url: receiver.url });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  async function ofToggle(method: string, more = '', body?: object, archived = false) {
    const path = `${shop.path}/toggles/${await shop.toggle()}`;
    const before = await owner.ok('GET', path);
    if (archived) await owner.ok('PATCH', `${path}/offline`);
    return { request: [method, path + more, body] as [string, string, unknown?], before, read: path };
  }
  async function ofSegment(method: string, more = '', body?: object) {
    const path = `${shop.path}/segments/${await shop.segment()}`;
    const before = await owner.ok('GET', path);
    const read = method === 'DELETE' ? undefined : path;
    return { request: [method, path + more, body] as [string, string, unknown?], before, read };
  }
  async function ofMember(method: string, more: object = {}) {
    const account = shop.freshKey('member');
    const request = { accounts: [account], role: 'WRITER', password: 'Pass1234' };
    const [before] = await owner.ok('POST', '/api/members', request);
    const change: [string, string, unknown?] = [method, '/api/members', { account, ...more }];
    return { request: change, before };
  }

  const CASES: readonly Case[] = [
    { event: 'TOGGLE.UPDATE', prepare: () => ofToggle('PATCH', '', { name: 'other', permanent: false }) },
    { event: 'TOGGLE.OFFLINE', prepare: () => ofToggle('PATCH', '/offline') },
    { event: 'TOGGLE.RESTORE', prepare: () => ofToggle('PATCH', '/restore', undefined, true) },
    { event: 'SEGMENT.UPDATE', prepare: () => ofSegment('PATCH', '', { name: 'Renamed' }) },
    { event: 'SEGMENT.PUBLISH', prepare: () => ofSegment('PATCH', '/publish', { rules: RULES }) },
    { event: 'SEGMENT.DELETE', prepare: () => ofSegment('DELETE') },
    { event: 'MEMBER.UPDATE', prepare: () => ofMember('PATCH', { role: 'OWNER' }) },
    { event: 'MEMBER.DELETE', prepare: () => ofMember('DELETE') },
    {
      event: 'TOGGLE.PUBLISH',
      prepare: async () => {
        const path = shop.targeting(await shop.toggle());
        const body = { content: CONTENT, disabled: false };
        return { request: ['PATCH', path, body], before: await owner.ok('GET', path), read: path };
      },
    },
    {
      event: 'WEBHOOK.UPDATE',
      prepare: async () => {
        const hook = { name: shop.freshKey('hook'), url: receiver.url, events: ['SEGMENT.DELETE'] };
        const before = await owner.ok('POST', '/api/webhooks', hook);
        const path = `/api/webhooks/${before.id}`;
        return { request: ['PATCH', path, { description: 'edited' }], before, read: path };
      },
    },
  ];

  describe('2.17 Freshness of response timestamps', () => {
    it.each(CASES)(
      '$event: answer and webhook show who changed it, when, and the version after',
      async (each) => {
        const { request, before, read } = await each.prepare();
        const start = Date.now();
        const count = receiver.of(each.event).length;
        const answer = await olga.ok(...request);
        expect(answer.modifiedBy).toBe('olga');
        expect(Date.parse(answer.modifiedTime)).toBeGreaterThanOrEqual(start);
        expect(Date.parse(answer.modifiedTime)).toBeLessThanOrEqual(Date.now());
        if (typeof before.version === 'number') expect(answer.version).toBe(before.version + 1);
        const received = await receiver.waitFor(each.event, count + 1);
        expect(received[count]!.body.data).toMatchObject({
          modifiedBy: 'olga',
          modifiedTime: Date.parse(answer.modifiedTime),
          ...(typeof before.version === 'number' && { version: answer.version }),
        });
        if (!read) return;
        const { modifiedBy, modifiedTime, version } = await owner.ok('GET', read);
        expect([modifiedBy, modifiedTime, version]).toEqual(['olga', answer.modifiedTime, answer.version]);
      },
    );

    it('a creation is stamped alike as created and modified', async () => {
      const path = `${shop.path}/segments`;
      const made = await olga.ok('POST', path, { key: 'fresh', name: 'Fresh' });
      expect(made).toMatchObject({ modifiedBy: 'olga', modifiedTime: made.createdTime, version: 1 });
    });
  });
});
