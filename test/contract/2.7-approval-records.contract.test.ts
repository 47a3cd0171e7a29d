import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, type Place } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { expectRefusal, fieldsOf, ISO_DATE, rowsOf } from '../support/shop.js';

describe.each(DATABASES)('contract of approval records on %s', (kind) => {
  let scene: ApprovalScene;
  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
  });
  afterAll(() => scene.stop());

  const passed = async (): Promise<Place> => {
    const place = await scene.pending();
    await scene.ok(place.decide(scene.rita, 'PASS', { comment: 'fine' }));
    return place;
  };

  describe('2.7 Approval records', () => {
    const rows = async (by: ApiClient, query: string): Promise<Json[]> =>
      rowsOf(await by.ok('GET', `/api/approvalRecords?pageSize=1000&${query}`));

    it('a record has exactly the fields of the contract', async () => {
      const place = await scene.place('New checkout');
      await scene.ok(place.submit(scene.walt, { ...CHANGE, comment: 'the title' }));
      const find = async (): Promise<Json> =>
        (await rows(scene.rita, 'type=APPROVAL')).find(({ toggleKey }) => toggleKey === place.key);
      const pending = {
        title: 'the title',
        projectName: 'Shop',
        projectKey: 'shop',
        toggleName: 'New checkout',
        toggleKey: place.key,
        environmentName: 'online',
        environmentKey: 'online',
        status: 'PENDING',
        submitBy: 'walt',
        locked: true,
        lockedTime: ISO_DATE,
        reviewers: ['rita', 'Ron'],
        approvedBy: '',
        createdTime: ISO_DATE,
        modifiedTime: ISO_DATE,
        canceled: false,
      };
      expect(await find()).toEqual(pending);
      await scene.ok(place.decide(scene.rita, 'PASS', { comment: 'fine' }));
      const pass = { ...pending, status: 'PASS', approvedBy: 'rita', comment: 'fine' };
      expect(await find()).toEqual(pass);
      await scene.ok(place.cancel(scene.walt, { comment: 'why' }));
      const { lockedTime: _lockedTime, ...open } = pass;
      expect(await find()).toEqual({ ...open, locked: false, canceled: true, cancelReason: 'why' });
    });

    it('APPROVAL are those I review, APPLY those I submitted', async () => {
      const place = await scene.pending();
      const has = async (by: ApiClient, type: string): Promise<boolean> =>
        (await rows(by, `type=${type}`)).some(({ toggleKey }) => toggleKey === place.key);
      expect([await has(scene.rita, 'APPROVAL'), await has(scene.rita, 'APPLY')]).toEqual([true, false]);
      expect([await has(scene.walt, 'APPROVAL'), await has(scene.walt, 'APPLY')]).toEqual([false, true]);
      expectRefusal(await scene.rita.get('/api/approvalRecords?type=MINE'), 'invalid_request', 'type');
    });

    it('status is a list, in each of the three forms clients write', async () => {
      await scene.pending();
      await passed();
      for (const query of [
        'status[0]=PENDING&status[1]=PASS',
        'status=PENDING,PASS',
        'status=PENDING&status=PASS',
      ]) {
        const found = new Set((await rows(scene.rita, query)).map(({ status }) => status));
        expect([query, [...found].toSorted()]).toEqual([query, ['PASS', 'PENDING']]);
      }
      expectRefusal(await scene.rita.get('/api/approvalRecords?status=X'), 'invalid_request', 'status');
    });

    it('keyword looks into the toggle’s name and the title', async () => {
      const place = await scene.place('Quite peculiar');
      await scene.ok(place.submit(scene.walt, { ...CHANGE, comment: 'an odd title' }));
      for (const keyword of ['PECULIAR', 'odd%20TITLE'])
        expect((await rows(scene.rita, `keyword=${keyword}`)).map(({ toggleKey }) => toggleKey)).toEqual([
          place.key,
        ]);
    });

    it('archived objects are included; within a page, locked rows come first', async () => {
      const place = await passed();
      await scene.ok(place.publish(scene.walt));
      await scene.owner.ok('PATCH', `/api/projects/shop/toggles/${place.key}/offline`);
      const found = await rows(scene.rita, '');
      expect(found.map(({ toggleKey }) => toggleKey)).toContain(place.key);
      const order = found.map((record) => Number(record.locked));
      expect(order).toEqual(order.toSorted((a, b) => b - a));
    });

    it('GET /total counts the records of a status where I am reviewer, and nothing else', async () => {
      const count = async (by: ApiClient, status: string): Promise<Json> =>
        by.ok('GET', `/api/approvalRecords/total?status=${status}`);
      const before = await count(scene.rita, 'PENDING');
      expect(fieldsOf(before)).toEqual(['total']);
      await scene.pending();
      expect(await count(scene.rita, 'PENDING')).toEqual({ total: before.total + 1 });
      expect(await count(scene.walt, 'PENDING')).toEqual({ total: 0 });
      expectRefusal(await scene.rita.get('/api/approvalRecords/total?status=X'), 'invalid_request', 'status');
    });
  });
});
