import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, CONTENT, Place } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';

const PROJECT = '/api/projects/shop';

/** Content whose only rule asks for these segments. */
const inSegments = (...objects: string[]): object => ({
  ...CONTENT,
  rules: [
    {
      name: 'vips',
      conditions: [{ type: 'segment', predicate: 'is in', objects }],
      serve: { select: 1 },
    },
  ],
});

const dependingOn = (key: string): object => ({
  ...CONTENT,
  prerequisites: [{ key, value: 'true', type: 'boolean' }],
});

describe.each(DATABASES)('changes under approval on %s', (kind) => {
  let scene: ApprovalScene;

  beforeAll(async () => {
    scene = await ApprovalScene.start(kind);
    for (const key of ['vip', 'beta'])
      await scene.owner.ok('POST', `${PROJECT}/segments`, { key, name: key });
  });

  afterAll(() => scene.stop());

  const statusesOf = (answers: Answer[]): number[] => answers.map(({ status }) => status).sort();

  async function passed(change: object): Promise<Place> {
    const place = await scene.place();
    await scene.ok(place.submit(scene.walt, change));
    await scene.ok(place.decide(scene.rita, 'PASS'));
    return place;
  }

  it('may be of the flag alone, or leave out what content there is none of', async () => {
    const place = await scene.place();
    const live = (await place.view(scene.walt)).content;
    await scene.ok(place.submit(scene.walt, { disabled: false }));
    expect(await place.view(scene.walt)).toMatchObject({ disabled: false, content: live });
    await scene.ok(place.cancel(scene.walt));
    const { prerequisites: _none, ...rest } = CONTENT;
    await scene.ok(place.submit(scene.walt, { content: { ...rest, rules: null, note: { kept: true } } }));
    expect(await place.view(scene.walt)).toMatchObject({
      disabled: true,
      content: { ...CONTENT, note: { kept: true } },
    });
  });

  it('may be as long as what is published directly', async () => {
    const content = { ...CONTENT, note: '"'.repeat(500_000) };
    const place = await passed({ content, disabled: false });
    await scene.ok(place.publish(scene.walt));
    expect((await place.view(scene.walt)).content).toEqual(content);
    const [created] = await scene.events(place);
    expect(created.data.approvalData.content).toBe(JSON.stringify(content));
  });

  it('refer to segments that are there when submitted and when published', async () => {
    const place = await scene.place();
    const missing = { code: 'not_found', message: 'Segment nope not found' };
    expect((await place.submit(scene.walt, { content: inSegments('nope') })).body).toEqual(missing);
    await scene.owner.ok('POST', `${PROJECT}/segments`, { key: 'nope', name: 'nope' });
    const approved = await passed({ content: inSegments('nope', 'vip') });
    // A change that isn't in force keeps nobody from deleting what it refers to.
    await scene.owner.ok('DELETE', `${PROJECT}/segments/nope`);
    expect((await approved.publish(scene.walt)).body).toEqual(missing);
    expect(await approved.view(scene.walt)).toMatchObject({ status: 'PASS', locked: true, version: 2 });
    await scene.ok(approved.cancel(scene.walt));
    await scene.ok(approved.submit(scene.walt, { content: inSegments('vip', 'beta') }));
    await scene.ok(approved.decide(scene.owner, 'JUMP'));
    const users = await scene.owner.ok('GET', `${PROJECT}/segments/beta/toggles`);
    expect(users.content.map(({ key }: Json) => key)).toEqual([approved.key]);
    expect((await scene.owner.delete(`${PROJECT}/segments/beta`)).body.message).toBe(
      'This resource is being used',
    );
  });

  it('depend on toggles that are there when submitted and when published', async () => {
    const place = await scene.place();
    const other = await scene.place();
    const { body } = await place.submit(scene.walt, { content: dependingOn('nope') });
    expect(body.message).toContain('content.prerequisites[0].key');
    const approved = await passed({ content: dependingOn(other.key) });
    await scene.owner.ok('PATCH', `${PROJECT}/toggles/${other.key}/offline`);
    expect((await approved.publish(scene.walt)).body.message).toContain('content.prerequisites[0].key');
    await scene.owner.ok('PATCH', `${PROJECT}/toggles/${other.key}/restore`);
    await scene.ok(approved.publish(scene.walt));
    const dependencies = await scene.owner.ok('GET', `${other.path}/prerequisite/dependencies`);
    expect(dependencies.content.map(({ key }: Json) => key)).toEqual([approved.key]);
    const circle = await other.submit(scene.walt, { content: dependingOn(approved.key) });
    expect(circle.body.message).toContain('cycle');
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, 'content is required, unless disabled is given'],
    ['a comment alone', { comment: 'x' }, 'content is required, unless disabled is given'],
    ['a text as content', { content: 'x' }, 'content must be an object'],
    ['a list as content', { content: [] }, 'content must be an object'],
    ['a flag of another kind', { disabled: 'no' }, 'disabled must be true or false'],
    [
      'a serve out of range',
      { content: { ...CONTENT, disabledServe: { select: 2 } } },
      'content.disabledServe.select',
    ],
    [
      'no default serve while enabled',
      { disabled: false, content: { ...CONTENT, defaultServe: {} } },
      'content.defaultServe must be set',
    ],
    ['a long comment', { ...CHANGE, comment: 'x'.repeat(1025) }, 'comment must have at most 1024'],
    ['too much', { content: { ...CONTENT, note: 'x'.repeat(1_048_576) } }, 'content is too long'],
  ])('are refused with %s', async (_what, body, message) => {
    const place = await scene.place();
    const answer = await scene.walt.post(`${place.path}/approval`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain(message);
    expect(await place.view(scene.walt)).toMatchObject({ locked: false, status: 'RELEASE' });
    expect(await scene.events(place)).toEqual([]);
  });

  it('take a decision only in words that there are', async () => {
    const place = await scene.pending();
    for (const status of ['PENDING', 'pass', '', null, 1]) {
      const { body } = await scene.owner.patch(`${place.path}/approvalStatus`, { status });
      expect(body.message).toBe('status must be one of PASS, REJECT, JUMP, REVOKE');
    }
    for (const by of [scene.owner, scene.rita]) {
      const { body } = await place.decide(by, 'PASS', { comment: 'a\0' });
      expect(body.message).toContain('comment must not contain control characters');
    }
    expect((await place.cancel(scene.walt, { comment: 1 } as object)).body.message).toBe(
      'comment must be text',
    );
    expect((await place.publish(scene.walt, { trackAccessEvents: 1 } as object)).body.code).toBe(
      'invalid_request',
    );
  });

  it('are of no place that isn’t there', async () => {
    const place = await scene.place();
    const cases = {
      [place.path.replace('online', 'nope')]: 'Environment nope not found',
      [place.path.replace(place.key, 'nope')]: 'Toggle nope not found',
      [place.path.replace('shop', 'nope')]: 'Project nope not found',
    };
    for (const [path, message] of Object.entries(cases)) {
      const wrong = new Place(place.key, path);
      const answers = [
        await wrong.submit(scene.owner),
        await wrong.decide(scene.owner, 'JUMP'),
        await wrong.publish(scene.owner),
        await wrong.cancel(scene.owner),
        await scene.owner.get(`${path}/diff`),
      ];
      for (const { status, body } of answers)
        expect([status, body]).toEqual([400, { code: 'not_found', message }]);
    }
  });

  it('are submitted once when ten submit at once', async () => {
    const place = await scene.place();
    const answers = await Promise.all(Array.from({ length: 10 }, () => place.submit(scene.walt)));
    expect(statusesOf(answers)).toEqual([200, ...Array<number>(9).fill(400)]);
    expect(await scene.events(place)).toHaveLength(1);
  });

  it('are decided once when reviewers and owners decide at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const place = await scene.pending();
      const answers = await Promise.all([
        place.decide(scene.rita, 'PASS'),
        place.decide(scene.ron, 'REJECT'),
        place.decide(scene.owner, 'REVOKE'),
        place.decide(scene.owner, 'JUMP'),
      ]);
      expect(statusesOf(answers)).toEqual([200, 400, 400, 400]);
      const won = answers.find(({ status }) => status === 200)!.body.status;
      const decided = (await scene.events(place)).filter(({ action }) => action === 'UPDATE_APPROVAL');
      expect(decided.map(({ data }) => data.status)).toEqual([won]);
    }
  });

  it('are published once when many publish and somebody cancels', async () => {
    for (let round = 0; round < 5; round += 1) {
      const place = await passed(CHANGE);
      const answers = await Promise.all([
        ...Array.from({ length: 4 }, () => place.publish(scene.walt)),
        place.cancel(scene.rita),
      ]);
      expect(statusesOf(answers)).toEqual([200, 400, 400, 400, 400]);
      const { totalElements } = await scene.owner.ok('GET', `${place.path}/versions`);
      expect(totalElements).toBe(answers[4]!.status === 200 ? 1 : 2);
    }
  });

  it('are never under way where approval was just disabled', async () => {
    await scene.owner.ok('POST', `${PROJECT}/environments`, { key: 'race', name: 'race' });
    for (let round = 0; round < 5; round += 1) {
      const { key, path } = await scene.place();
      const place = new Place(key, path.replace('online', 'race'));
      await scene.demand('race', true, ['rita']);
      const approvalSettings = [{ environmentKey: 'race', enable: false }];
      const [submitted, disabled] = await Promise.all([
        place.submit(scene.walt),
        scene.owner.patch(`${PROJECT}/approvalSettings`, { approvalSettings }),
      ]);
      expect(statusesOf([submitted, disabled])).toEqual([200, 400]);
      if (submitted.status === 200) await scene.ok(place.cancel(scene.walt));
    }
  });
});
