import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../support/api-client.js';
import { ApprovalScene } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';

const PATH = '/api/projects/shop/approvalSettings';

describe.each(DATABASES)('approval settings on %s', (kind) => {
  let scene: ApprovalScene;

  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
    await scene.owner.ok('POST', '/api/projects/shop/environments', { key: 'stage', name: 'Stage' });
  });

  afterAll(() => scene.stop());

  const list = (): Promise<Json> => scene.walt.ok('GET', PATH);
  const set = (...approvalSettings: object[]): Promise<Answer> =>
    scene.walt.patch(PATH, { approvalSettings });

  it('are listed by environment, oldest first, and changed by any member where mentioned', async () => {
    const before = await list();
    expect(before).toEqual([
      {
        environmentKey: 'online',
        environmentName: 'online',
        enable: true,
        reviewers: ['rita', 'Ron'],
        locked: false,
      },
      { environmentKey: 'stage', environmentName: 'Stage', enable: false, reviewers: [], locked: false },
    ]);
    const { status, body } = await set({
      environmentKey: 'STAGE',
      environmentName: 'ignored',
      locked: true,
      enable: true,
      reviewers: ['RON'],
    });
    expect(status).toBe(200);
    expect(body).toEqual([before[0], { ...before[1], enable: true, reviewers: ['Ron'] }]);
    expect(await list()).toEqual(body);
    expect(await scene.walt.ok('GET', '/api/projects/shop/environments/stage')).toMatchObject({
      enableApproval: true,
    });
    await scene.ok(set({ environmentKey: 'stage', enable: false }));
    expect((await list())[1]).toMatchObject({ enable: false, reviewers: ['Ron'] });
    await scene.ok(set({ environmentKey: 'stage', reviewers: [] }));
    expect((await list())[1]).toMatchObject({ enable: false, reviewers: [] });
    expect(await scene.ok(set())).toEqual(await list());
  });

  it('show which environments have approvals under way, and don’t let those be disabled', async () => {
    const place = await scene.pending();
    expect((await list()).map(({ locked }: Json) => locked)).toEqual([true, false]);
    const refused = await set({ environmentKey: 'online', enable: false });
    expect([refused.status, refused.body]).toEqual([
      400,
      {
        code: 'invalid_request',
        message:
          'Approvals are under way in environment online: publish or cancel them before disabling approval',
      },
    ]);
    // Other reviewers are for the next approvals; this one keeps its own.
    await scene.ok(set({ environmentKey: 'online', reviewers: ['rita'] }));
    expect((await place.view(scene.walt)).reviewers).toEqual(['rita', 'Ron']);
    await scene.ok(place.decide(scene.ron, 'REJECT'));
    expect((await list())[0].locked).toBe(true);
    await scene.ok(place.submit(scene.walt));
    await scene.ok(place.decide(scene.rita, 'PASS'));
    await scene.ok(place.publish(scene.walt));
    expect((await list())[0].locked).toBe(false);
    await scene.ok(set({ environmentKey: 'online', enable: false }));
    expect((await place.submit(scene.walt)).body).toEqual({
      code: 'invalid_request',
      message: 'Approval is not enabled.',
    });
    expect(await place.view(scene.walt)).not.toHaveProperty('reviewers');
    await scene.demand('online', true, ['rita', 'Ron']);
  });

  it('keep a reviewer who was deleted since, until somebody says otherwise', async () => {
    await scene.owner.ok('POST', '/api/members', {
      accounts: ['gone'],
      role: 'WRITER',
      password: 'Pass1234',
    });
    await scene.ok(set({ environmentKey: 'stage', enable: true, reviewers: ['gone', 'rita'] }));
    await scene.owner.ok('DELETE', '/api/members', { account: 'gone' });
    await scene.ok(set({ environmentKey: 'stage', reviewers: ['rita', 'gone'] }));
    await scene.ok(set({ environmentKey: 'stage', enable: false }));
    const again = await set({ environmentKey: 'stage', enable: true });
    expect(again.body.message).toBe('approvalSettings[0].reviewers names no member: "gone"');
    await scene.ok(set({ environmentKey: 'stage', reviewers: [] }));
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, 'approvalSettings must be a list'],
    ['a text in the list', { approvalSettings: ['x'] }, 'approvalSettings'],
    ['a list in the list', { approvalSettings: [[]] }, 'approvalSettings must be an object'],
    [
      'no environment',
      { approvalSettings: [{ enable: true }] },
      'approvalSettings[0].environmentKey must be text',
    ],
    [
      'an unknown environment',
      { approvalSettings: [{ environmentKey: 'nope' }] },
      'Environment nope not found',
    ],
    [
      'an environment twice',
      { approvalSettings: [{ environmentKey: 'stage' }, { environmentKey: 'Stage' }] },
      'approvalSettings[1].environmentKey names an environment that was named before',
    ],
    [
      'approval by nobody',
      { approvalSettings: [{ environmentKey: 'stage', enable: true }] },
      'approvalSettings[0].reviewers must have at least one entry where approval is enabled',
    ],
    [
      'taking the last reviewer away',
      { approvalSettings: [{ environmentKey: 'online', reviewers: [] }] },
      'approvalSettings[0].reviewers must have at least one entry where approval is enabled',
    ],
    [
      'a reviewer who is no member',
      { approvalSettings: [{ environmentKey: 'stage', reviewers: ['rita', 'nobody'] }] },
      'approvalSettings[0].reviewers names no member: "nobody"',
    ],
    [
      'a reviewer twice',
      { approvalSettings: [{ environmentKey: 'stage', reviewers: ['rita', 'RITA'] }] },
      'approvalSettings[0].reviewers must not hold the same value twice',
    ],
    [
      'reviewers of another kind',
      { approvalSettings: [{ environmentKey: 'stage', reviewers: [1] }] },
      'approvalSettings[0].reviewers must be text',
    ],
    [
      'a flag of another kind',
      { approvalSettings: [{ environmentKey: 'stage', enable: 'yes' }] },
      'approvalSettings[0].enable must be true or false',
    ],
  ])('refuse %s, and nothing is half done', async (_what, body, message) => {
    const before = await list();
    const first = { environmentKey: 'online', reviewers: ['walt'] };
    const wanted = body as { approvalSettings?: object[] };
    for (const attempt of [body, wanted.approvalSettings && withFirst(first, wanted.approvalSettings)]) {
      if (attempt === undefined) continue;
      const answer = await scene.walt.patch(PATH, attempt);
      expect(answer.status).toBe(400);
      if (attempt === body) expect(answer.body.message).toContain(message);
      expect(await list()).toEqual(before);
    }
  });

  it('are of no project that isn’t there', async () => {
    const message = 'Project nope not found';
    expect((await scene.walt.get('/api/projects/nope/approvalSettings')).body).toMatchObject({ message });
    const body = { approvalSettings: [] };
    expect((await scene.walt.patch('/api/projects/nope/approvalSettings', body)).body).toMatchObject({
      message,
    });
  });
});

function withFirst(first: object, others: object[]): object {
  return { approvalSettings: [first, ...others] };
}
