import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DomainError } from '../../src/platform/errors/index.js';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CampaignScene, DAY } from '../support/campaign-scene.js';
import { DATABASES } from '../support/databases.js';
import { addOrganization } from '../support/second-organization.js';
import { expectRefusal } from '../support/shop.js';

const BASE = CampaignScene.base;

describe.each(DATABASES)('publishing campaigns on %s', (kind) => {
  let scene: CampaignScene;
  let owner: ApiClient;

  beforeAll(async () => {
    scene = await CampaignScene.start(kind);
    owner = scene.owner;
    await owner.ok('POST', '/api/projects', { key: 'other', name: 'Other' });
    await owner.ok('POST', '/api/projects/other/segments', { key: 'elsewhere', name: 'Elsewhere' });
  });
  afterAll(() => scene.stop());
  afterEach(() => vi.restoreAllMocks());

  const publish = async (more: object): Promise<Answer> => {
    const { id } = await scene.draft(more);
    return owner.patch(`${BASE}/${id}/publish`);
  };
  /** Publishes, expecting to be told what is wrong. */
  const problemsOf = async (more: object): Promise<Json[]> => {
    const { status, body } = await publish(more);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' });
    for (const { field, message } of body.problems) expect(body.message).toContain(`${field} ${message}`);
    return body.problems;
  };
  const fieldsOf = async (more: object): Promise<string[]> =>
    (await problemsOf(more)).map(({ field }: Json) => field);

  it('puts a complete draft online: it waits for its time', async () => {
    const draft = await scene.draft();
    const published = await scene.act(draft, 'publish');
    expect(published).toEqual({
      ...draft,
      status: 'NOT_STARTED',
      nextRunTime: draft.trigger.at,
      modifiedTime: expect.any(String),
    });
    expect(await owner.ok('GET', `${BASE}/${draft.id}`)).toEqual(published);
    const [event] = (await scene.events(draft)).slice(-1);
    expect(event).toMatchObject({ action: 'PUBLISH', operator: 'Admin', data: { status: 'NOT_STARTED' } });
    expect(event.changes).toEqual(
      expect.arrayContaining([
        { path: '/status', from: 'DRAFT', to: 'NOT_STARTED' },
        { path: '/nextRunTime', to: Date.parse(draft.trigger.at) },
      ]),
    );
  });

  it('tells ten mistakes as ten problems, at once, and leaves the draft as it was', async () => {
    const disabled = await scene.touchpoint({ status: 'DISABLED' });
    const draft = await scene.draft({
      segmentKey: 'nobody',
      steps: [
        { touchpointId: disabled },
        { touchpointId: 999_999 },
        { touchpointId: disabled },
        { priority: 1 },
      ],
      mode: 'SOMETIMES',
      templateValues: { amount: 'a hundred', colour: 'red' },
      trigger: { type: 'ONCE', at: 'soon' },
    });
    const withPriority = { steps: [...draft.steps.slice(0, 3), { priority: -1 }] };
    await owner.ok('PATCH', `${BASE}/${draft.id}`, withPriority);
    const path = `${BASE}/${draft.id}/publish`;
    const { status, body } = await owner.patch(path);
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_request');
    expect(body.problems.map(({ field }: Json) => field)).toEqual([
      'segmentKey',
      'steps[0].touchpointId',
      'steps[1].touchpointId',
      'steps[2].touchpointId',
      'steps[3].touchpointId',
      'steps[3].priority',
      'mode',
      'templateValues.amount',
      'templateValues.colour',
      'trigger.at',
    ]);
    expect(body.message).toMatch(/^The campaign cannot go online: segmentKey names no segment/);
    for (const { field, message } of body.problems) expect(body.message).toContain(`${field} ${message}`);
    const chinese = await owner.as({ ...owner.headers, 'Accept-Language': 'zh-CN' }).patch(path);
    expect(chinese.body.problems).toHaveLength(10);
    expect(chinese.body.message).toContain('活动无法上线');
    expect(chinese.body.problems[0].message).toContain('不存在');
    expect(await owner.ok('GET', `${BASE}/${draft.id}`)).toMatchObject({ ...withPriority, status: 'DRAFT' });
    expect(await scene.usage.holdersOf(disabled)).toEqual([]);
    expect((await scene.events(draft)).map(({ action }) => action)).toEqual(['CREATE', 'UPDATE']);
  });

  it('lists what an empty draft lacks', async () => {
    const { id } = await owner.ok('POST', BASE, { name: 'Empty' });
    const { body } = await owner.patch(`${BASE}/${id}/publish`);
    expect(body.problems).toEqual([
      { field: 'segmentKey', message: 'is required' },
      { field: 'steps', message: 'must not be empty' },
      { field: 'trigger', message: 'is required' },
    ]);
  });

  it('finds every mistake of a trigger', async () => {
    const recurring = {
      ...scene.daily(),
      every: 'MONTH',
      on: [0, 31],
      timeOfDay: '9',
      timeZone: 'Mars',
      reentry: 'x',
    };
    expect(await fieldsOf({ trigger: { ...recurring, startDate: '1 May', endDate: '2020-01-01' } })).toEqual([
      'trigger.reentry',
      'trigger.timeOfDay',
      'trigger.timeZone',
      'trigger.on[0]',
      'trigger.startDate',
      'trigger.endDate',
    ]);
    const triggered = {
      type: 'TRIGGERED',
      occurrence: 0,
      startTime: scene.in(-DAY),
      endTime: scene.in(-DAY),
    };
    expect(await problemsOf({ trigger: triggered })).toEqual([
      { field: 'trigger.event', message: 'is required' },
      { field: 'trigger.occurrence', message: 'must be a whole number from 1 to 1000' },
      { field: 'trigger.endTime', message: 'must be after startTime' },
      { field: 'trigger.endTime', message: 'is in the past' },
    ]);
    expect(await problemsOf({ trigger: { type: 'ONCE', at: scene.in(-DAY) } })).toEqual([
      { field: 'trigger.at', message: 'is in the past' },
    ]);
  });

  it('takes segments of the project alone, and their key as they have it', async () => {
    expect(await fieldsOf({ segmentKey: 'elsewhere' })).toEqual(['segmentKey']);
    expect(await fieldsOf({ segmentKey: 'no key at all' })).toEqual(['segmentKey']);
    expect((await publish({ segmentKey: 'VIP' })).body).toMatchObject({ segmentKey: 'vip' });
  });

  it('takes touchpoints that are there, enabled, the organization’s and the project’s, each once', async () => {
    await addOrganization(scene.flagpost, 'neighbour');
    const [{ id: foreign }] = await scene.sql('SELECT MAX(id) AS id FROM organization');
    const stolen = await scene.touchpoint({ organizationId: Number(foreign) });
    const elsewhere = await scene.touchpoint({ projects: ['other'] });
    const off = await scene.touchpoint({ projects: [], status: 'DISABLED' });
    const fine = await scene.touchpoint();
    const told = async (...ids: number[]): Promise<string[]> =>
      (await problemsOf({ steps: ids.map((touchpointId) => ({ touchpointId })) })).map(
        ({ field, message }: Json) => `${field} ${message}`,
      );
    expect(await told(stolen)).toEqual([
      `steps[0].touchpointId names touchpoint ${stolen}, which does not exist`,
    ]);
    expect(await told(fine, elsewhere)).toEqual([
      `steps[1].touchpointId names touchpoint ${elsewhere}, which project shop may not use`,
    ]);
    expect(await told(off)).toEqual([
      `steps[0].touchpointId names touchpoint ${off}, which is disabled`,
      `steps[0].touchpointId names touchpoint ${off}, which project shop may not use`,
    ]);
    expect(await told(fine, fine)).toEqual([
      `steps[1].touchpointId names touchpoint ${fine}, for a second time`,
    ]);
    expect(await told(1.5, -3, 1e300)).toHaveLength(3);
  });

  it('takes touchpoints of one type, and channels by themselves', async () => {
    const benefit = await scene.touchpoint({ type: 'BENEFIT' });
    const second = await scene.touchpoint({ type: 'BENEFIT' });
    const notice = await scene.touchpoint({ type: 'NOTICE' });
    const channel = await scene.touchpoint({ kind: 'CHANNEL' });
    const other = await scene.touchpoint({ kind: 'CHANNEL' });
    const steps = (...ids: number[]): object => ({ steps: ids.map((touchpointId) => ({ touchpointId })) });
    expect(await problemsOf(steps(benefit, notice, channel, second))).toEqual([
      {
        field: 'steps[1].touchpointId',
        message: `names touchpoint ${notice}, of kind TOUCHPOINT NOTICE beside TOUCHPOINT BENEFIT`,
      },
      {
        field: 'steps[2].touchpointId',
        message: `names touchpoint ${channel}, of kind CHANNEL beside TOUCHPOINT BENEFIT`,
      },
    ]);
    expect((await publish(steps(benefit, second))).body).toMatchObject({ status: 'NOT_STARTED' });
    expect((await publish(steps(channel, other))).body).toMatchObject({ status: 'NOT_STARTED' });
  });

  it('checks template values for each touchpoint', async () => {
    const words = [{ name: 'title', type: 'TEXT', required: true }];
    const [one, two] = [await scene.touchpoint(), await scene.touchpoint({ templateParams: words })];
    const steps = [{ touchpointId: one }, { touchpointId: two }];
    expect(await fieldsOf({ steps, templateValues: { level: 'tin', extra: 1 } })).toEqual([
      'templateValues.amount',
      'templateValues.level',
      'templateValues.title',
      'templateValues.extra',
    ]);
    const fine = await publish({ steps, templateValues: { amount: 1, level: 'gold', title: 'Hi' } });
    expect(fine.body).toMatchObject({ status: 'NOT_STARTED' });
  });

  it('has a problem where codes can’t be had', async () => {
    const failure = new DomainError('field_invalid', {
      field: 'options',
      problem: { en: 'failed', zh: '失败' },
    });
    vi.spyOn(scene.touchpoints, 'codesOf').mockRejectedValue(failure);
    expect(await problemsOf({ templateValues: { amount: 1, level: 'gold' } })).toEqual([
      { field: 'templateValues.level', message: "can't be checked: options failed" },
    ]);
    // A value that is not given needs no codes.
    expect((await publish({ templateValues: { amount: 1 } })).status).toBe(200);
  });

  it('asks no API for codes of what the project may not use', async () => {
    const codesOf = vi.spyOn(scene.touchpoints, 'codesOf');
    const templateValues = { amount: 1, level: 'gold' };
    for (const row of [{ projects: [] }, { status: 'DISABLED' as const }, { organizationId: 4711 }])
      await problemsOf({ steps: [{ touchpointId: await scene.touchpoint(row) }], templateValues });
    expect(codesOf).not.toHaveBeenCalled();
    await publish({ templateValues });
    expect(codesOf).toHaveBeenCalledOnce();
  });

  it('asks to try again where the touchpoint came to be usable meanwhile', async () => {
    const touchpointId = await scene.touchpoint({ status: 'DISABLED' });
    const { id } = await scene.draft({
      steps: [{ touchpointId }],
      templateValues: { amount: 1, level: 'tin' },
    });
    const { loadForUse } = scene.touchpoints;
    vi.spyOn(scene.touchpoints, 'loadForUse').mockImplementationOnce(async (ids) => {
      const sql = "UPDATE touchpoint SET status = 'ENABLED' WHERE id = ?";
      await scene.unitOfWork.manager.query(sql, [touchpointId]);
      return loadForUse.call(scene.touchpoints, ids);
    });
    const answer = await owner.patch(`${BASE}/${id}/publish`);
    expectRefusal(answer, 'invalid_request', 'Request conflict');
  });

  it('sends at once where no time is given, and by its schedule', async () => {
    const before = scene.clock.now();
    const now = await scene.published({ trigger: { type: 'ONCE' } });
    expect(Date.parse(now.nextRunTime)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now.nextRunTime)).toBeLessThanOrEqual(scene.clock.now());
    const daily = scene.daily();
    const recurring = await scene.published({ trigger: daily });
    expect(recurring).toMatchObject({
      trigger: daily,
      nextRunTime: `${daily.startDate}T${daily.timeOfDay}:00.000Z`,
    });
    const startTime = scene.in(DAY);
    const trigger = {
      type: 'TRIGGERED',
      event: 'buy',
      startTime,
      endTime: scene.in(2 * DAY),
      reentry: 'ONCE',
    };
    const triggered = await scene.published({ trigger });
    expect(triggered).toMatchObject({ trigger: { ...trigger, occurrence: 1 }, nextRunTime: startTime });
  });

  it('keeps nothing that its trigger’s type has no use for', async () => {
    const trigger = { type: 'ONCE', at: scene.in(DAY), every: 'DAY', occurrence: 5 };
    const published = await scene.published({ trigger });
    expect(published.trigger).toEqual({ type: 'ONCE', at: trigger.at });
  });

  it('wakes the runs once it is committed, and only then', async () => {
    const wake = vi.spyOn(scene.runs, 'wake');
    await publish({ segmentKey: 'nobody' });
    expect(wake).not.toHaveBeenCalled();
    await publish({});
    expect(wake).toHaveBeenCalledOnce();
  });
});
