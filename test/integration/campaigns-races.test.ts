import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../support/api-client.js';
import { CampaignScene } from '../support/campaign-scene.js';
import { DATABASES } from '../support/databases.js';

const BASE = CampaignScene.base;

describe.each(DATABASES)('campaigns that are changed from several sides on %s', (kind) => {
  let scene: CampaignScene;

  beforeAll(async () => {
    scene = await CampaignScene.start(kind);
  });
  afterAll(() => scene.stop());

  const act = ({ id }: Json, action: string): Promise<Answer> => scene.owner.patch(`${BASE}/${id}/${action}`);
  const statusOf = async ({ id }: Json): Promise<string> =>
    (await scene.owner.ok('GET', `${BASE}/${id}`)).status;

  /** Disables a touchpoint as its owners do: with its row locked, unless a campaign holds it. Says whether it did. */
  const disable = (id: number, meanwhile = async (): Promise<void> => {}): Promise<boolean> =>
    scene.unitOfWork.run(async () => {
      await scene.touchpoints.loadForUse([id]);
      await meanwhile();
      if ((await scene.usage.holdersOf(id)).length > 0) return false;
      await scene.unitOfWork.manager.query("UPDATE touchpoint SET status = 'DISABLED' WHERE id = ?", [id]);
      return true;
    });

  it.each([
    ['publish', () => scene.draft()],
    ['pause', () => scene.published()],
    ['close', () => scene.running()],
    ['resume', async () => scene.act(await scene.running(), 'pause')],
  ])('let one %s win; the others are told what it has become', async (action, make) => {
    const campaign = await make();
    const answers = await Promise.all(Array.from({ length: 6 }, () => act(campaign, action)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const lost = answers.filter(({ status }) => status !== 200);
    for (const { status, body } of lost) {
      expect({ status, message: body.message }).toEqual({
        status: 400,
        message: `${action} is not possible: the campaign is ${won[0]?.body.status}`,
      });
    }
    expect(await statusOf(campaign)).toBe(won[0]?.body.status);
    const events = (await scene.events(campaign)).filter((event) => event.action === action.toUpperCase());
    expect(events).toHaveLength(1);
  });

  it('lose no edit of a draft', async () => {
    const draft = await scene.draft();
    const changes = [{ name: 'New' }, { segmentKey: 'x' }, { mode: 'ALL' }, { templateValues: { a: 1 } }];
    await Promise.all(changes.map((change) => scene.owner.ok('PATCH', `${BASE}/${draft.id}`, change)));
    expect(await scene.owner.ok('GET', `${BASE}/${draft.id}`)).toMatchObject(Object.assign({}, ...changes));
  });

  it('are deleted or put online, not both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const draft = await scene.draft();
      const [published, deleted] = await Promise.all([
        act(draft, 'publish'),
        scene.owner.delete(`${BASE}/${draft.id}`),
      ]);
      expect([published.status, deleted.status].toSorted()).toEqual([200, 400]);
    }
  });

  it('are closed or resumed, and closed in the end if somebody closed them', async () => {
    const paused = await scene.act(await scene.running(), 'pause');
    const [, closed] = await Promise.all([act(paused, 'resume'), act(paused, 'close')]);
    expect(closed.status).toBe(200);
    expect(await statusOf(paused)).toBe('CLOSED');
  });

  it('don’t go online with a touchpoint that is being disabled', async () => {
    const draft = await scene.draft();
    const { touchpointId } = draft.steps[0];
    let answer: Promise<Answer> | undefined;
    let isAnswered = false;
    const disabled = await disable(touchpointId, async () => {
      answer = act(draft, 'publish').finally(() => {
        isAnswered = true;
      });
      // Long enough for one that does not wait for the touchpoint.
      await delay(500);
      expect(isAnswered).toBe(false);
    });
    expect(disabled).toBe(true);
    const { status, body } = await answer!;
    expect({ status, problems: body.problems }).toEqual({
      status: 400,
      problems: [
        { field: 'steps[0].touchpointId', message: `names touchpoint ${touchpointId}, which is disabled` },
      ],
    });
    expect(await statusOf(draft)).toBe('DRAFT');
  });

  it('don’t take a touchpoint while they are paused that is being disabled', async () => {
    const paused = await scene.act(await scene.published(), 'pause');
    const touchpointId = await scene.touchpoint();
    let answer: Promise<Answer> | undefined;
    expect(
      await disable(touchpointId, async () => {
        answer = scene.owner.patch(`${BASE}/${paused.id}`, { steps: [{ touchpointId }] });
        await delay(500);
      }),
    ).toBe(true);
    expect((await answer!).body.problems).toEqual([
      { field: 'steps[0].touchpointId', message: `names touchpoint ${touchpointId}, which is disabled` },
    ]);
  });

  it('hold their touchpoints from the moment they are online', async () => {
    const rounds = 12;
    for (let round = 0; round < rounds; round += 1) {
      const draft = await scene.draft();
      const { touchpointId } = draft.steps[0];
      const [answer, disabled] = await Promise.all([
        act(draft, 'publish'),
        delay(Math.random() * 15).then(() => disable(touchpointId)),
      ]);
      expect([answer.status === 200, disabled]).toEqual([!disabled, disabled]);
    }
  });

  it('are not online in a project that was deleted meanwhile', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = `doomed-${round}`;
      await scene.owner.ok('POST', '/api/projects', { key, name: key });
      await scene.owner.ok('POST', `/api/projects/${key}/segments`, { key: 'vip', name: 'VIP' });
      const base = `/api/projects/${key}/campaigns`;
      const steps = [{ touchpointId: await scene.touchpoint({ projects: [key] }) }];
      const made = await Promise.all([1, 2, 3].map(() => scene.draft({ steps }, base)));
      const drafts = made.toSorted((a, b) => a.id - b.id);
      const [removal, ...answers] = await Promise.all([
        scene.owner.delete(`/api/projects/${key}`),
        ...drafts.map(({ id }) => scene.owner.patch(`${base}/${id}/publish`)),
      ]);
      expect(removal.status).toBe(200);
      for (const { status, body } of answers)
        if (status !== 200) expect(body).toMatchObject({ code: 'not_found' });
      const rows = await scene.sql(
        `SELECT status FROM campaign WHERE id IN (${drafts.map(({ id }) => id).join()}) ORDER BY id`,
      );
      expect(rows.map(({ status }) => status)).toEqual(
        answers.map(({ status }) => (status === 200 ? 'CLOSED' : 'DRAFT')),
      );
    }
  });
});
