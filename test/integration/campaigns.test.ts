import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Json } from '../support/api-client.js';
import { CampaignScene } from '../support/campaign-scene.js';
import { DATABASES } from '../support/databases.js';
import { addOrganization } from '../support/second-organization.js';
import { expectRefusal, ISO_DATE } from '../support/shop.js';

const BASE = CampaignScene.base;

const FULL = {
  name: 'Weekly coupon',
  segmentKey: 'vip',
  steps: [{ touchpointId: 12 }, { touchpointId: 13, priority: 1 }],
  mode: 'FIRST_SUCCESS',
  templateValues: { amount: 100, title: 'For {{name|you}}', silent: false, levels: ['gold', 'silver'] },
  trigger: {
    type: 'RECURRING',
    startDate: '2026-03-01',
    endDate: '2026-12-31',
    every: 'WEEK',
    on: [1, 5],
    timeOfDay: '09:30',
    timeZone: 'Asia/Shanghai',
    reentry: 'ONCE',
  },
};

describe.each(DATABASES)('campaigns on %s', (kind) => {
  let scene: CampaignScene;
  let owner: ApiClient;

  beforeAll(async () => {
    scene = await CampaignScene.start(kind);
    owner = scene.owner;
    await owner.ok('POST', '/api/projects', { key: 'other', name: 'Other' });
  });
  afterAll(() => scene.stop());

  const namesOf = async (query: string, base = BASE): Promise<string[]> =>
    (await owner.ok('GET', `${base}?${query}`)).content.map(({ name }: Json) => name);

  it('are drafts at any completeness', async () => {
    const made = await owner.ok('POST', BASE, { name: 'Nothing yet' });
    expect(made).toEqual({
      id: expect.any(Number),
      name: 'Nothing yet',
      projectKey: 'shop',
      status: 'DRAFT',
      steps: [],
      mode: 'ALL',
      templateValues: {},
      createdTime: ISO_DATE,
      createdBy: 'Admin',
      modifiedTime: made.createdTime,
      modifiedBy: 'Admin',
    });
    expect(await owner.ok('GET', `${BASE}/${made.id}`)).toEqual(made);
    const full = await owner.ok('POST', BASE, FULL);
    expect(full).toMatchObject({ ...FULL, status: 'DRAFT' });
    expect(full).not.toHaveProperty('nextRunTime');
    expect(await owner.ok('GET', `${BASE}/${full.id}`)).toEqual(full);
  });

  it('may be as wrong as they like while they are drafts', async () => {
    const wrong = {
      name: '活动 🎂',
      segmentKey: 'a\u0000b',
      steps: [{}, { touchpointId: 1e300, priority: -1.5 }, { touchpointId: 5 }, { touchpointId: 5 }],
      mode: 'SOMETIMES',
      templateValues: { toString: '\ud83d', 'a.b': [] },
      trigger: { type: 'NEVER', at: 'soon' },
    };
    const made = await owner.ok('POST', BASE, wrong);
    expect(made).toMatchObject(wrong);
    expect(await owner.ok('PATCH', `${BASE}/${made.id}`, wrong)).toMatchObject(wrong);
  });

  it.each<[string, string, object]>([
    ['name', 'is required', {}],
    ['name', 'is required', { name: '  ' }],
    ['name', 'must be text', { name: 5 }],
    ['name', 'at most 64', { name: 'x'.repeat(65) }],
    ['name', 'control characters', { name: 'a\nb' }],
    ['segmentKey', 'must be text', { name: 'x', segmentKey: 1 }],
    ['steps[0].touchpointId', 'must be a number', { name: 'x', steps: [{ touchpointId: '1' }] }],
    ['mode', 'must be text', { name: 'x', mode: 1 }],
    ['templateValues.amount', 'must be text', { name: 'x', templateValues: { amount: { of: 1 } } }],
    ['trigger.on', 'must be a list', { name: 'x', trigger: { type: 'RECURRING', on: 1 } }],
  ])('name %s where it is of the wrong form: %s', async (field, problem, body) => {
    expectRefusal(await owner.post(BASE, body), 'invalid_request', `${field} `, problem);
    if (!('name' in body)) return;
    const { id } = await owner.ok('POST', BASE, { name: 'whole' });
    expectRefusal(await owner.patch(`${BASE}/${id}`, body), 'invalid_request', `${field} `, problem);
    expect(await namesOf('keyword=whole')).toContain('whole');
  });

  it('take names of 64 characters, whatever their size', async () => {
    const name = '🎂'.repeat(64);
    expect(await owner.ok('POST', BASE, { name })).toMatchObject({ name });
  });

  it('are edited field by field: what is absent stays, null takes out', async () => {
    const made = await owner.ok('POST', BASE, FULL);
    const path = `${BASE}/${made.id}`;
    const renamed = await owner.ok('PATCH', path, { name: 'Renamed' });
    expect(renamed).toEqual({ ...made, name: 'Renamed', modifiedTime: ISO_DATE });
    expect(await owner.ok('PATCH', path, {})).toMatchObject({ ...FULL, name: 'Renamed' });
    const values = await owner.ok('PATCH', path, { templateValues: { amount: 1 }, name: null });
    expect(values).toMatchObject({ name: 'Renamed', templateValues: { amount: 1 }, trigger: FULL.trigger });
    const emptied = await owner.ok('PATCH', path, {
      segmentKey: null,
      steps: null,
      mode: null,
      trigger: null,
    });
    expect(emptied).toMatchObject({ steps: [], mode: 'ALL', templateValues: { amount: 1 } });
    expect(emptied).not.toHaveProperty('segmentKey');
    expect(emptied).not.toHaveProperty('trigger');
    expect(await owner.ok('GET', path)).toEqual(emptied);
  });

  it('are listed newest first, in pages, by text in the name and by status', async () => {
    await owner.ok('POST', '/api/projects', { key: 'lists', name: 'Lists' });
    const base = '/api/projects/lists/campaigns';
    for (const name of ['Needle A', 'b', 'a NEEDLE', '100% c']) await owner.ok('POST', base, { name });
    expect(await namesOf('', base)).toEqual(['100% c', 'a NEEDLE', 'b', 'Needle A']);
    expect(await namesOf('keyword=needle', base)).toEqual(['a NEEDLE', 'Needle A']);
    expect(await namesOf('keyword=%25', base)).toEqual(['100% c']);
    expect(await namesOf('status=DRAFT&keyword=b', base)).toEqual(['b']);
    expect(await namesOf('status=RUNNING', base)).toEqual([]);
    const page = await owner.ok('GET', `${base}?pageSize=3&pageIndex=1`);
    expect(page).toMatchObject({ totalElements: 4, totalPages: 2, number: 1, last: true });
    expect(page.content.map(({ name }: Json) => name)).toEqual(['Needle A']);
    expectRefusal(await owner.get(`${base}?status=GONE`), 'invalid_request', 'status must be one of DRAFT');
  });

  it('are deleted as drafts, for good', async () => {
    const made = await owner.ok('POST', BASE, FULL);
    expect(await owner.ok('DELETE', `${BASE}/${made.id}`)).toEqual(made);
    const gone = await owner.get(`${BASE}/${made.id}`);
    expectRefusal(gone, 'not_found', `Campaign ${made.id} not found`);
    expectRefusal(await owner.delete(`${BASE}/${made.id}`), 'not_found');
    expect(await scene.sql('SELECT * FROM campaign_touchpoint WHERE campaign_id = ?', [made.id])).toEqual([]);
  });

  it('tell what happens to them', async () => {
    const made = await owner.ok('POST', BASE, { name: 'Told', trigger: { type: 'ONCE' } });
    await owner.ok('PATCH', `${BASE}/${made.id}`, { name: 'Told again', segmentKey: 'vip' });
    await owner.ok('DELETE', `${BASE}/${made.id}`);
    const events = await scene.events(made);
    expect(events.map(({ action, operator, projectKey }) => [action, operator, projectKey])).toEqual([
      ['CREATE', 'Admin', 'shop'],
      ['UPDATE', 'Admin', 'shop'],
      ['DELETE', 'Admin', 'shop'],
    ]);
    const [create, update, removal] = events;
    expect(create.data).toEqual({
      ...made,
      createdTime: Date.parse(made.createdTime),
      modifiedTime: Date.parse(made.modifiedTime),
    });
    expect(update.changes).toEqual(
      expect.arrayContaining([
        { path: '/name', from: 'Told', to: 'Told again' },
        { path: '/segmentKey', to: 'vip' },
      ]),
    );
    expect(update.changes).toHaveLength(2);
    expect(removal.data).toMatchObject({ name: 'Told again', status: 'DRAFT' });
  });

  it('say nothing of an edit that was refused', async () => {
    const made = await owner.ok('POST', BASE, { name: 'Quiet' });
    await owner.patch(`${BASE}/${made.id}`, { steps: 1 });
    expect(await scene.events(made)).toHaveLength(1);
  });

  it('belong to their project and their organization', async () => {
    const { id } = await owner.ok('POST', BASE, { name: 'Ours' });
    const stranger = await addOrganization(scene.flagpost, 'stranger');
    await stranger.ok('POST', '/api/projects', { key: 'shop', name: 'Another shop' });
    const elsewhere: [ApiClient, string][] = [
      [stranger, BASE],
      [owner, '/api/projects/other/campaigns'],
    ];
    for (const [client, base] of elsewhere) {
      for (const action of ['publish', 'pause', 'resume', 'close'])
        expectRefusal(await client.patch(`${base}/${id}/${action}`), 'not_found', `Campaign ${id}`);
      expectRefusal(await client.get(`${base}/${id}`), 'not_found', `Campaign ${id}`);
      expectRefusal(await client.patch(`${base}/${id}`, { name: 'Theirs' }), 'not_found', `Campaign ${id}`);
      expectRefusal(await client.delete(`${base}/${id}`), 'not_found', `Campaign ${id}`);
      expect((await client.ok('GET', base)).content).toEqual([]);
    }
    expect(await owner.ok('GET', `${BASE}/${id}`)).toMatchObject({ name: 'Ours', status: 'DRAFT' });
  });

  it('are every member’s to manage', async () => {
    await owner.ok('POST', '/api/members', { accounts: ['marketer'], role: 'WRITER', password: 'Pass1234' });
    const marketer = await scene.flagpost.anonymous.login('marketer', 'Pass1234');
    const { id, ...made } = await marketer.ok('POST', BASE, FULL);
    expect(made).toMatchObject({ createdBy: 'marketer', modifiedBy: 'marketer' });
    expect(await marketer.ok('PATCH', `${BASE}/${id}`, { name: 'Mine' })).toMatchObject({ name: 'Mine' });
    expect(await owner.ok('PATCH', `${BASE}/${id}`, { name: 'Ours' })).toMatchObject({
      createdBy: 'marketer',
      modifiedBy: 'Admin',
    });
    await marketer.ok('DELETE', `${BASE}/${id}`);
    expect((await scene.flagpost.anonymous.get(BASE)).status).toBe(401);
  });

  it('refuse ids that are none', async () => {
    for (const id of ['x', '-1', '1.5', '99999999999'])
      expectRefusal(await owner.get(`${BASE}/${id}`), 'invalid_request', 'id must be');
  });
});
