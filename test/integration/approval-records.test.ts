import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, type Place } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';

describe.each(DATABASES)('approval records on %s', (kind) => {
  let scene: ApprovalScene;
  let places: Record<string, Place>;

  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
    places = {};
    for (const name of ['Pending', 'Passed', 'Published', 'Rejected', 'Canceled', 'Revoked', '100%']) {
      const place = await scene.place(name);
      places[name] = place;
      await scene.ok(place.submit(scene.walt, { ...CHANGE, comment: `about ${name}` }));
    }
    await scene.ok(places['Passed']!.decide(scene.rita, 'PASS', { comment: 'fine' }));
    await scene.ok(places['Published']!.decide(scene.ron, 'PASS'));
    await scene.ok(places['Published']!.publish(scene.walt));
    await scene.ok(places['Rejected']!.decide(scene.rita, 'REJECT'));
    await scene.ok(places['Canceled']!.cancel(scene.walt, { comment: 'not needed' }));
    await scene.ok(places['Revoked']!.decide(scene.owner, 'REVOKE'));
  });

  afterAll(() => scene.stop());

  const page = (by: ApiClient, query = ''): Promise<Json> => by.ok('GET', `/api/approvalRecords?${query}`);
  const names = async (by: ApiClient, query = ''): Promise<string[]> =>
    (await page(by, query)).content.map(({ toggleName }: Json) => toggleName);
  const total = async (by: ApiClient, query = '?status=PENDING'): Promise<number> =>
    (await by.ok('GET', `/api/approvalRecords/total${query}`)).total;

  it('show reviewers what they review, what is locked first, then newest first', async () => {
    const all = ['100%', 'Rejected', 'Passed', 'Pending', 'Revoked', 'Canceled', 'Published'];
    for (const reviewer of [scene.rita, scene.ron])
      expect(await names(reviewer, 'type=APPROVAL')).toEqual(all);
    expect(await names(scene.rita)).toEqual(all);
    expect(await names(scene.walt, 'type=APPROVAL')).toEqual([]);
    expect(await names(scene.owner, 'type=APPROVAL')).toEqual([]);
    expect(await names(scene.walt, 'type=APPLY')).toEqual(all);
    expect(await names(scene.rita, 'type=APPLY')).toEqual([]);
  });

  it('say what became of each', async () => {
    const { content } = await page(scene.walt, 'type=APPLY');
    const line = (name: string): Json => content.find(({ toggleName }: Json) => toggleName === name);
    const pending = line('Pending');
    expect(pending).toEqual({
      title: 'about Pending',
      projectName: 'Shop',
      projectKey: 'shop',
      toggleName: 'Pending',
      toggleKey: places['Pending']!.key,
      environmentName: 'online',
      environmentKey: 'online',
      status: 'PENDING',
      submitBy: 'walt',
      locked: true,
      lockedTime: pending.createdTime,
      reviewers: ['rita', 'Ron'],
      approvedBy: '',
      createdTime: expect.any(String),
      modifiedTime: pending.createdTime,
      canceled: false,
    });
    expect(line('Passed')).toMatchObject({
      status: 'PASS',
      approvedBy: 'rita',
      comment: 'fine',
      locked: true,
    });
    expect(line('Published')).toMatchObject({ status: 'PASS', locked: false, canceled: false });
    expect(line('Canceled')).toMatchObject({
      status: 'REVOKE',
      locked: false,
      canceled: true,
      cancelReason: 'not needed',
    });
    expect(line('Revoked')).toMatchObject({ status: 'REVOKE', canceled: false, approvedBy: 'Admin' });
    expect(line('Revoked')).not.toHaveProperty('lockedTime');
  });

  it('are filtered by status and text, all at once', async () => {
    for (const query of ['status[0]=PENDING', 'status=PENDING', 'status[0]=PENDING&status[1]=JUMP'])
      expect(await names(scene.rita, query)).toEqual(['100%', 'Pending']);
    expect(await names(scene.rita, 'status=PASS,REJECT')).toEqual(['Rejected', 'Passed', 'Published']);
    expect(await names(scene.rita, 'status=&keyword=&type=')).toHaveLength(7);
    expect(await names(scene.rita, 'keyword=ABOUT%20p')).toEqual(['Passed', 'Pending', 'Published']);
    expect(await names(scene.rita, 'keyword=%25')).toEqual(['100%']);
    expect(await names(scene.rita, 'keyword=p&status=PASS')).toEqual(['Passed', 'Published']);
    expect(await names(scene.rita, 'keyword=nothing')).toEqual([]);
  });

  it('come in pages', async () => {
    const first = await page(scene.rita, 'pageSize=3');
    expect(first).toMatchObject({ totalElements: 7, totalPages: 3, number: 0, pageable: { pageNumber: 0 } });
    // Within the page, what is locked comes first.
    expect(await names(scene.rita, 'pageSize=3')).toEqual(['100%', 'Revoked', 'Canceled']);
    expect(await names(scene.rita, 'pageSize=3&pageIndex=2')).toEqual(['Pending']);
    expect(await names(scene.rita, 'pageSize=3&pageIndex=3')).toEqual([]);
  });

  it('are counted for their reviewers', async () => {
    expect([await total(scene.rita), await total(scene.ron), await total(scene.walt)]).toEqual([2, 2, 0]);
    expect(await total(scene.rita, '')).toBe(2);
    expect([await total(scene.rita, '?status=PASS'), await total(scene.rita, '?status=JUMP')]).toEqual([
      2, 0,
    ]);
  });

  it('remain when the toggle is archived', async () => {
    await scene.owner.ok('PATCH', `/api/projects/shop/toggles/${places['Published']!.key}/offline`);
    expect(await names(scene.walt, 'type=APPLY&keyword=published')).toEqual(['Published']);
    expect(await total(scene.rita, '?status=PASS')).toBe(2);
  });

  it.each([
    ['?type=OTHER', 'type must be one of APPROVAL, APPLY'],
    ['?status=WRONG', 'status must be one of PENDING, PASS'],
    ['?pageSize=0', 'pageSize must be at least 1'],
    ['?pageIndex=-1', 'pageIndex must be at least 0'],
    ['?keyword[a]=b', 'keyword must be text'],
    ['/total?status=WRONG', 'status must be one of PENDING, PASS'],
  ])('refuse %s', async (query, message) => {
    const { status, body } = await scene.rita.get(`/api/approvalRecords${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.message).toContain(message);
  });

  it('are for members only', async () => {
    for (const path of ['', '/total'])
      expect((await scene.flagpost.anonymous.get(`/api/approvalRecords${path}`)).status).toBe(401);
  });
});
