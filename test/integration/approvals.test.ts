import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, CONTENT, Place } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';

const NOTHING = {
  code: 'invalid_request',
  message: 'No approval of this toggle is under way in this environment',
};
const FORBIDDEN = { code: 'forbidden', message: 'Forbidden' };
const NOT_REVIEWER = {
  code: 'invalid_request',
  message: 'Only a reviewer of this approval may pass or reject it',
};
const REPEAT = { code: 'invalid_request', message: 'toggle already under approval' };

const notPossible = (action: string, status: string): object => ({
  code: 'invalid_request',
  message: `${action} is not possible: the approval is at ${status}`,
});

describe.each(DATABASES)('approvals on %s', (kind) => {
  let scene: ApprovalScene;

  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
  });

  afterAll(() => scene.stop());

  const bodyOf = async (answer: Promise<Answer>): Promise<Json> => (await answer).body;

  async function passed(): Promise<Place> {
    const place = await scene.pending();
    await scene.ok(place.decide(scene.rita, 'PASS', { comment: 'fine' }));
    return place;
  }

  async function listed(key: string, query: string): Promise<Json> {
    const page = await scene.owner.ok('GET', `/api/projects/shop/toggles?environmentKey=online&${query}`);
    return page.content.find((toggle: Json) => toggle.key === key);
  }

  it('lock the targeting and show the change until it is passed and published', async () => {
    const place = await scene.place();
    const live = await place.view(scene.walt);
    expect(live).toMatchObject({ status: 'RELEASE', enableApproval: true, locked: false, version: 1 });
    expect(live.reviewers).toEqual(['rita', 'Ron']);
    expect(
      await scene.ok(place.submit(scene.walt, { ...CHANGE, reviewers: ['walt'], baseVersion: 9 })),
    ).toEqual({
      title: 'go live',
      projectKey: 'shop',
      environmentKey: 'online',
      toggleKey: place.key,
      status: 'PENDING',
      submitBy: 'walt',
      approvalDate: expect.any(String),
      currentData: { disabled: true, content: JSON.stringify(live.content) },
      approvalData: { disabled: false, content: JSON.stringify(CONTENT) },
    });
    const shown = await place.view(scene.walt);
    expect(shown).toEqual({
      ...live,
      content: CONTENT,
      disabled: false,
      version: 2,
      status: 'PENDING',
      locked: true,
      lockedTime: expect.any(String),
      submitBy: 'walt',
      modifiedBy: 'walt',
      modifiedTime: shown.lockedTime,
    });
    expect(await scene.ok(scene.walt.get(`${place.path}/diff`))).toEqual({
      currentDisabled: false,
      currentContent: CONTENT,
      oldDisabled: true,
      oldContent: live.content,
    });
    expect(await listed(place.key, 'releaseStatusList=PENDING_APPROVAL')).toMatchObject({
      locked: true,
      lockedBy: 'walt',
      lockedTime: shown.lockedTime,
      releaseStatus: 'PENDING_APPROVAL',
      disabled: true,
    });
    const decided = await scene.ok(place.decide(scene.rita, 'PASS', { comment: 'fine' }));
    expect(decided).toMatchObject({ status: 'PASS', comment: 'fine', submitBy: 'walt', title: 'go live' });
    expect(await place.view(scene.walt)).toMatchObject({
      status: 'PASS',
      locked: true,
      approvalBy: 'rita',
      approvalComment: 'fine',
    });
    expect(await listed(place.key, '')).toMatchObject({ locked: true, releaseStatus: 'PENDING_RELEASE' });
    expect(await scene.ok(place.publish(scene.walt))).toMatchObject({
      version: 2,
      status: 'RELEASE',
      disabled: false,
      content: CONTENT,
      enableApproval: false,
      locked: false,
      trackAccessEvents: false,
      modifiedBy: 'walt',
    });
    const after = await place.view(scene.walt);
    expect(after).toMatchObject({ status: 'RELEASE', locked: false, version: 2, content: CONTENT });
    for (const member of ['lockedTime', 'submitBy', 'approvalBy', 'approvalComment'])
      expect(after).not.toHaveProperty(member);
    expect(await listed(place.key, '')).toMatchObject({ locked: false, releaseStatus: 'RELEASE' });
    expect(await scene.ok(scene.walt.get(`${place.path}/diff`))).toEqual({});
    const { content: versions } = await scene.owner.ok('GET', `${place.path}/versions`);
    expect(versions[0]).toMatchObject({
      version: 2,
      comment: 'go live',
      approvalStatus: 'PASS',
      approvalBy: 'rita',
      approvalTime: expect.any(String),
      approvalComment: 'fine',
    });
    expect(versions[1]).not.toHaveProperty('approvalStatus');
    expect((await scene.owner.ok('GET', `${place.path}/versions/2`)).versions[0]).toEqual(versions[0]);
  });

  it('may be passed or rejected by a reviewer only, whatever the role', async () => {
    const place = await scene.pending();
    for (const status of ['PASS', 'REJECT']) {
      expect(await bodyOf(place.decide(scene.walt, status))).toEqual(NOT_REVIEWER);
      expect(await bodyOf(place.decide(scene.owner, status))).toEqual(NOT_REVIEWER);
    }
    expect(await scene.ok(place.decide(scene.ron, 'REJECT', { comment: 'no' }))).toMatchObject({
      status: 'REJECT',
    });
    expect(await place.view(scene.walt)).toMatchObject({ status: 'REJECT', locked: true, approvalBy: 'Ron' });
    expect(await bodyOf(place.decide(scene.rita, 'PASS'))).toEqual(notPossible('PASS', 'REJECT'));
    expect(await bodyOf(place.publish(scene.owner))).toEqual(notPossible('PUBLISH', 'REJECT'));
  });

  it('may be jumped or revoked by an owner only', async () => {
    const place = await scene.pending();
    for (const status of ['JUMP', 'REVOKE']) {
      for (const writer of [scene.walt, scene.rita]) {
        const { status: code, body } = await place.decide(writer, status);
        expect([code, body]).toEqual([403, FORBIDDEN]);
      }
    }
    expect(await scene.ok(place.decide(scene.owner, 'REVOKE'))).toMatchObject({ status: 'REVOKE' });
    expect(await place.view(scene.walt)).toMatchObject({ status: 'RELEASE', locked: false, version: 1 });
    const jumped = await scene.pending();
    const more = { comment: 'urgent', trackAccessEvents: true };
    expect(await scene.ok(jumped.decide(scene.owner, 'JUMP', more))).toMatchObject({
      status: 'JUMP',
      currentData: { disabled: true },
      approvalData: { disabled: false },
    });
    expect(await jumped.view(scene.walt)).toMatchObject({
      status: 'RELEASE',
      locked: false,
      version: 2,
      disabled: false,
      trackAccessEvents: true,
    });
    const { content: versions } = await scene.owner.ok('GET', `${jumped.path}/versions`);
    expect(versions[0]).toMatchObject({
      approvalStatus: 'JUMP',
      approvalBy: 'Admin',
      approvalComment: 'urgent',
    });
  });

  it('end once: nothing more happens to what is published, revoked, cancelled or was never there', async () => {
    const never = await scene.place();
    const published = await passed();
    await scene.ok(published.publish(scene.walt, { trackAccessEvents: true }));
    const jumped = await scene.pending();
    await scene.ok(jumped.decide(scene.owner, 'JUMP'));
    const revoked = await scene.pending();
    await scene.ok(revoked.decide(scene.owner, 'REVOKE'));
    const canceled = await scene.pending();
    await scene.ok(canceled.cancel(scene.rita));
    for (const place of [never, published, jumped, revoked, canceled]) {
      const events = await scene.events(place);
      const version = (await place.view(scene.owner)).version;
      expect(await bodyOf(place.publish(scene.owner))).toEqual(NOTHING);
      expect(await bodyOf(place.cancel(scene.owner))).toEqual(NOTHING);
      expect(await bodyOf(place.decide(scene.rita, 'PASS'))).toEqual(NOTHING);
      expect(await bodyOf(place.decide(scene.rita, 'REJECT'))).toEqual(NOTHING);
      expect(await bodyOf(place.decide(scene.owner, 'JUMP'))).toEqual(NOTHING);
      expect(await bodyOf(place.decide(scene.owner, 'REVOKE'))).toEqual(NOTHING);
      expect(await bodyOf(place.decide(scene.walt, 'JUMP'))).toEqual(FORBIDDEN);
      expect(await scene.events(place)).toEqual(events);
      expect((await place.view(scene.owner)).version).toBe(version);
    }
    expect((await published.view(scene.walt)).trackAccessEvents).toBe(true);
  });

  it('can’t be decided twice, nor published before they are passed', async () => {
    const place = await scene.pending();
    expect(await bodyOf(place.publish(scene.owner))).toEqual(notPossible('PUBLISH', 'PENDING'));
    expect(await bodyOf(place.submit(scene.owner))).toEqual(REPEAT);
    await scene.ok(place.decide(scene.rita, 'PASS'));
    expect(await bodyOf(place.decide(scene.ron, 'PASS'))).toEqual(notPossible('PASS', 'PASS'));
    expect(await bodyOf(place.decide(scene.ron, 'REJECT'))).toEqual(notPossible('REJECT', 'PASS'));
    for (const status of ['JUMP', 'REVOKE'])
      expect(await bodyOf(place.decide(scene.owner, status))).toEqual(notPossible(status, 'PASS'));
  });

  it('are cancelled in each state by any member, and answer the targeting as it is', async () => {
    for (const decision of [undefined, 'PASS', 'REJECT']) {
      const place = await scene.pending();
      if (decision) await scene.ok(place.decide(scene.rita, decision));
      const answer = await scene.ok(place.cancel(scene.ron, { comment: 'changed my mind' }));
      expect(answer).toMatchObject({ status: 'RELEASE', version: 1, disabled: true, locked: false });
      expect(answer).not.toHaveProperty('trackAccessEvents');
      expect(await place.view(scene.walt)).toMatchObject({ status: 'RELEASE', locked: false, version: 1 });
      // And the way is free for the next one.
      await scene.ok(place.submit(scene.ron));
    }
  });

  it('give way to a new submission once they are decided', async () => {
    for (const decision of ['REJECT', 'PASS']) {
      const place = await scene.pending();
      await scene.ok(place.decide(scene.rita, decision));
      const again = { content: { ...CONTENT, note: 'better' }, disabled: false, comment: 'better' };
      await scene.ok(place.submit(scene.walt, again));
      expect(await place.view(scene.walt)).toMatchObject({ status: 'PENDING', content: again.content });
      expect(await bodyOf(place.publish(scene.walt))).toEqual(notPossible('PUBLISH', 'PENDING'));
      await scene.ok(place.decide(scene.rita, 'PASS'));
      await scene.ok(place.publish(scene.walt));
      expect(await place.view(scene.walt)).toMatchObject({
        status: 'RELEASE',
        content: again.content,
        version: 2,
      });
      const query = `/api/approvalRecords?type=APPLY&keyword=${place.key}`;
      const page = await scene.walt.ok('GET', query);
      const mine = page.content.filter((record: Json) => record.toggleKey === place.key);
      expect(mine.map(({ status, canceled, locked }: Json) => [status, canceled, locked])).toEqual([
        ['PASS', false, false],
        [decision, true, false],
      ]);
      expect(mine[1]).not.toHaveProperty('cancelReason');
    }
  });

  it('can’t be passed by publishing directly, while access events may still be collected', async () => {
    for (const decision of [undefined, 'PASS', 'REJECT']) {
      const place = await scene.pending();
      if (decision) await scene.ok(place.decide(scene.rita, decision));
      expect((await scene.owner.patch(place.path, CHANGE)).body.message).toContain('requires an approval');
      expect(await scene.owner.ok('PATCH', place.path, { trackAccessEvents: true })).toMatchObject({
        version: 1,
        trackAccessEvents: true,
      });
      expect(await place.view(scene.walt)).toMatchObject({ locked: true, trackAccessEvents: true });
    }
  });

  it('of an archived toggle can only be ended', async () => {
    const place = await scene.pending();
    const offline = (): Promise<Json> =>
      scene.owner.ok('PATCH', `/api/projects/shop/toggles/${place.key}/offline`);
    await offline();
    const gone = { code: 'not_found', message: `Toggle ${place.key} not found` };
    expect(await bodyOf(place.submit(scene.walt))).toEqual(gone);
    expect(await bodyOf(place.decide(scene.rita, 'PASS'))).toEqual(gone);
    expect(await bodyOf(place.decide(scene.owner, 'JUMP'))).toEqual(gone);
    expect(await bodyOf(place.publish(scene.walt))).toEqual(gone);
    await scene.ok(place.decide(scene.owner, 'REVOKE'));
    await scene.owner.ok('PATCH', `/api/projects/shop/toggles/${place.key}/restore`);
    await scene.ok(place.submit(scene.walt));
    await offline();
    await scene.ok(place.cancel(scene.walt));
  });

  it('stay behind when an environment is copied', async () => {
    const place = await scene.pending();
    await scene.owner.ok('POST', '/api/projects/shop/environments', {
      key: 'copied',
      name: 'copied',
      copyFrom: 'online',
    });
    const copied = place.path.replace('online', 'copied');
    expect(await scene.owner.ok('GET', copied)).toMatchObject({ status: 'RELEASE', locked: false });
    expect(await scene.owner.ok('PATCH', copied, CHANGE)).toMatchObject({ version: 2 });
  });
});
