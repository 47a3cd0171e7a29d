import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';

const APPROVAL_FIELDS =
  'approvalData approvalDate currentData environmentKey projectKey status submitBy title toggleKey';
const TARGETING_FIELDS =
  'content disabled enableApproval locked modifiedBy modifiedTime publishTime status version';

describe.each(DATABASES)('the events of approvals on %s', (kind) => {
  let scene: ApprovalScene;

  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
  });

  afterAll(() => scene.stop());

  const namesOf = (events: Json[]): string[] => events.map(({ action }) => action);
  const fieldsOf = (event: Json): string => Object.keys(event.data).join(' ');

  it('tell of the submission, the decision and the publishing, with what changed', async () => {
    const place = await scene.place();
    const live = (await place.view(scene.owner)).content;
    await scene.ok(place.submit(scene.walt));
    const answer = await scene.ok(place.decide(scene.rita, 'PASS', { comment: 'fine' }));
    await scene.ok(place.publish(scene.walt));
    const [created, updated, published, ...rest] = await scene.events(place);
    expect(rest).toEqual([]);
    for (const event of [created, updated, published]) {
      expect(event).toMatchObject({
        resource: 'TOGGLE',
        projectKey: 'shop',
        environmentKey: 'online',
        toggleKey: place.key,
      });
    }
    expect([created.action, created.operator, fieldsOf(created)]).toEqual([
      'CREATE_APPROVAL',
      'walt',
      APPROVAL_FIELDS,
    ]);
    expect(created.data).toMatchObject({
      approvalData: { content: JSON.stringify(CONTENT), disabled: false },
      currentData: { content: JSON.stringify(live), disabled: true },
      status: 'PENDING',
      title: 'go live',
    });
    expect(created.data.approvalDate).toEqual(expect.any(Number));
    expect(created.changes).toEqual(
      expect.arrayContaining([
        { path: '/approvalData/content', from: JSON.stringify(live), to: JSON.stringify(CONTENT) },
        { path: '/approvalData/disabled', from: true, to: false },
        { path: '/status', to: 'PENDING' },
        { path: '/title', to: 'go live' },
      ]),
    );
    expect(created.changes).toHaveLength(4);
    expect([updated.action, updated.operator]).toEqual(['UPDATE_APPROVAL', 'rita']);
    expect(updated.data).toEqual({ ...answer, approvalDate: Date.parse(answer.approvalDate) });
    expect(updated.changes).toEqual(
      expect.arrayContaining([
        { path: '/comment', to: 'fine' },
        { path: '/status', from: 'PENDING', to: 'PASS' },
      ]),
    );
    expect([published.action, published.operator]).toEqual(['PUBLISH', 'walt']);
    expect(published.data).toMatchObject({ version: 2, status: 'RELEASE', trackAccessEvents: false });
    expect(published.changes).toEqual(
      expect.arrayContaining([
        { path: '/content/defaultServe/select', to: 1 },
        { path: '/disabled', from: true, to: false },
        { path: '/status', from: 'PENDING_RELEASE', to: 'RELEASE' },
        { path: '/version', from: 1, to: 2 },
      ]),
    );
  });

  it('tell of a jump first, then of what it published', async () => {
    const place = await scene.pending();
    await scene.ok(place.decide(scene.owner, 'JUMP'));
    const events = await scene.events(place);
    expect(namesOf(events)).toEqual(['CREATE_APPROVAL', 'UPDATE_APPROVAL', 'PUBLISH']);
    expect(events[1].data).toMatchObject({ status: 'JUMP', currentData: { disabled: true } });
    expect(events[2].data).toMatchObject({ version: 2, disabled: false });
    expect(events[2].changes).toContainEqual({ path: '/status', from: 'PENDING_APPROVAL', to: 'RELEASE' });
  });

  it('tell of a cancelling as REVOKE_APPROVAL, of a revoking as UPDATE_APPROVAL', async () => {
    const canceled = await scene.pending();
    await scene.ok(canceled.cancel(scene.walt));
    const [, event, ...rest] = await scene.events(canceled);
    expect([event.action, rest]).toEqual(['REVOKE_APPROVAL', []]);
    expect(fieldsOf(event)).toBe(TARGETING_FIELDS);
    expect(event.data).toMatchObject({ version: 1, status: 'RELEASE', disabled: true });
    expect(event.changes).toEqual([{ path: '/status', from: 'PENDING_APPROVAL', to: 'RELEASE' }]);
    const revoked = await scene.pending();
    await scene.ok(revoked.decide(scene.owner, 'REVOKE'));
    expect(namesOf(await scene.events(revoked))).toEqual(['CREATE_APPROVAL', 'UPDATE_APPROVAL']);
  });

  it('are none where nothing happened, and tell of a second submission only once', async () => {
    const place = await scene.pending();
    await place.submit(scene.walt);
    await place.publish(scene.walt);
    await place.decide(scene.walt, 'PASS');
    await scene.ok(place.decide(scene.rita, 'REJECT'));
    await scene.ok(place.submit(scene.walt, { ...CHANGE, comment: null }));
    const events = await scene.events(place);
    expect(namesOf(events)).toEqual(['CREATE_APPROVAL', 'UPDATE_APPROVAL', 'CREATE_APPROVAL']);
    expect(events[2].data).not.toHaveProperty('title');
  });

  it('tell of new settings, all environments in one list', async () => {
    await scene.owner.ok('POST', '/api/projects/shop/environments', { key: 'stage', name: 'Stage' });
    const answer = await scene.demand('stage', true, ['walt']);
    const feed = await scene.owner.ok('GET', '/api/events?action=UPDATE_APPROVAL_SETTINGS&limit=1');
    const [event] = feed.content;
    expect(event).toMatchObject({ resource: 'PROJECT', projectKey: 'shop', operator: 'Admin' });
    expect(event).not.toHaveProperty('environmentKey');
    expect(event.data).toEqual(answer);
    expect(event.changes).toEqual([
      { path: '/1/enable', from: false, to: true },
      { path: '/1/reviewers/0', to: 'walt' },
    ]);
  });

  it('leave what SDKs get alone until it is published', async () => {
    const versions = async (): Promise<number[]> => {
      const rows: Json[] = await scene.flagpost.app
        .get(DataSource)
        .query("SELECT version FROM environment WHERE name = 'online'");
      return rows.map(({ version }) => Number(version));
    };
    const place = await scene.place();
    const before = await versions();
    await scene.ok(place.submit(scene.walt));
    await scene.ok(place.decide(scene.rita, 'REJECT'));
    await scene.ok(place.cancel(scene.walt));
    await scene.ok(place.submit(scene.walt));
    await scene.ok(place.decide(scene.rita, 'PASS'));
    expect(await versions()).toEqual(before);
    await scene.ok(place.publish(scene.walt));
    expect(await versions()).toEqual(before.map((version) => version + 1));
  });
});
