import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventEntity } from '../../src/events/event.entity.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const DRY_RUN = '/api/webhooks/filters/dryRun';

describe.each(DATABASES)('filters of webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let webhookId: number;
  let events: Json[];
  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    const webhook = {
      name: 'hook',
      url: 'http://127.0.0.1:9/',
      events: ['SEGMENT.*'],
      projectKeys: ['Shop'],
    };
    webhookId = (await owner.ok('POST', '/api/webhooks', webhook)).id;
    for (const key of ['shop', 'blog']) {
      await owner.ok('POST', '/api/projects', { key, name: key });
      await owner.ok('POST', `/api/projects/${key}/segments`, { key: 'vip', name: 'VIP' });
    }
    events = (await owner.ok('GET', '/api/events?limit=1000')).content;
  });
  afterAll(() => flagpost.stop());

  const find = (resource: string, projectKey: string): Json =>
    events.find((event) => event.resource === resource && event.projectKey === projectKey);
  const explain = (eventId: string): Promise<Json> =>
    owner.ok('POST', `/api/webhooks/${webhookId}/explain`, { eventId });
  const dryRun = (body: Json): Promise<Json> => owner.ok('POST', DRY_RUN, body);
  const idsOf = (answer: Json): string[] => answer.content.map(({ id }: Json) => id);

  it('explain clause by clause why an event is sent', async () => {
    expect(await explain(find('SEGMENT', 'shop').id)).toEqual({
      matches: true,
      clauses: [
        { filter: 'status', passed: true, why: 'the webhook is enabled' },
        { filter: 'events', passed: true, why: 'the event is SEGMENT.CREATE, the webhook wants SEGMENT.*' },
        {
          filter: 'projectKeys',
          passed: true,
          why: "the event's project is shop, the webhook wants only Shop",
        },
        {
          filter: 'environmentKeys',
          passed: true,
          why: 'the event has no environment, the webhook wants any, or none',
        },
        {
          filter: 'toggleKeys',
          passed: true,
          why: 'the event has no toggle, the webhook wants any, or none',
        },
      ],
    });
  });

  it('explain why one isn’t, and agree with what was planned to be sent', async () => {
    const { content } = await owner.ok('GET', `/api/webhooks/${webhookId}/deliveries`);
    const sent = content.map(({ eventId }: Json) => eventId);
    for (const event of events) {
      const { matches, clauses } = await explain(event.id);
      expect([event.id, matches]).toEqual([event.id, sent.includes(event.id)]);
      expect(matches).toBe(clauses.every(({ passed }: Json) => passed));
    }
    expect(sent).toEqual([find('SEGMENT', 'shop').id]);
    const { clauses } = await explain(find('PROJECT', 'blog').id);
    expect(clauses.filter(({ passed }: Json) => !passed).map(({ filter }: Json) => filter)).toEqual([
      'events',
      'projectKeys',
    ]);
  });

  it('explain that a disabled webhook gets nothing', async () => {
    await owner.ok('PATCH', `/api/webhooks/${webhookId}`, { status: 'DISABLE' });
    const { matches, clauses } = await explain(find('SEGMENT', 'shop').id);
    expect(matches).toBe(false);
    expect(clauses.filter(({ passed }: Json) => !passed)).toEqual([
      { filter: 'status', passed: false, why: 'the webhook is disabled, so it gets nothing' },
    ]);
    await owner.ok('PATCH', `/api/webhooks/${webhookId}`, { status: 'ENABLE' });
  });

  it('explain nothing that isn’t there', async () => {
    const path = `/api/webhooks/${webhookId}/explain`;
    expect((await owner.post(path, { eventId: 'nothing' })).body).toEqual({
      code: 'not_found',
      message: 'Event nothing not found',
    });
    const eventId = events[0].id;
    expect((await owner.post('/api/webhooks/999/explain', { eventId })).body.code).toBe('not_found');
    const missing = await owner.post(path, {});
    expect([missing.body.code, missing.body.message]).toEqual([
      'invalid_request',
      expect.stringContaining('eventId'),
    ]);
  });

  it('are tried out on past events for a webhook to be made', async () => {
    const all = (await owner.ok('GET', '/api/events?limit=1000')).content;
    const everything = await dryRun({});
    expect(idsOf(everything)).toEqual(all.map(({ id }: Json) => id));
    expect(everything).toMatchObject({ examined: all.length, matched: all.length, complete: true });
    const { data: _data, changes: _changes, resource, action, ...head } = find('SEGMENT', 'blog');
    expect(await dryRun({ events: ['SEGMENT.CREATE'], projectKeys: ['BLOG'] })).toEqual({
      examined: all.length,
      matched: 1,
      complete: true,
      content: [{ ...head, name: `${resource}.${action}` }],
    });
    const limited = await dryRun({ events: ['SEGMENT.*'], limit: 1 });
    expect([limited.matched, idsOf(limited)]).toEqual([2, [find('SEGMENT', 'blog').id]]);
  });

  it('are tried out for a webhook to be changed: what isn’t given is as it has it', async () => {
    expect(idsOf(await dryRun({ webhookId }))).toEqual([find('SEGMENT', 'shop').id]);
    const both = [find('SEGMENT', 'blog').id, find('SEGMENT', 'shop').id];
    expect(idsOf(await dryRun({ webhookId, projectKeys: null }))).toEqual(both);
    expect(idsOf(await dryRun({ webhookId, projectKeys: [] }))).toEqual(both);
    expect(idsOf(await dryRun({ webhookId, events: ['PROJECT.*'] }))).toEqual([find('PROJECT', 'shop').id]);
    expect((await owner.ok('GET', `/api/webhooks/${webhookId}`)).events).toEqual(['SEGMENT.*']);
  });

  it('are tried out on a stretch of time', async () => {
    const { timestamp } = find('SEGMENT', 'shop');
    const within = events.filter((event) => event.timestamp === timestamp).map(({ id }) => id);
    expect(idsOf(await dryRun({ since: timestamp, until: new Date(timestamp).toISOString() }))).toEqual(
      within,
    );
    expect(await dryRun({ until: '2001-01-01T00:00:00Z' })).toMatchObject({ examined: 0, matched: 0 });
  });

  it('are refused by the name of what is wrong', async () => {
    for (const [field, body] of [
      ['events[0]', { events: ['TOGGLE.EXPLODE'] }],
      ['projectKeys', { projectKeys: 'shop' }],
      ['since', { since: 'yesterday' }],
      ['limit', { limit: 100_000 }],
      ['limit', { limit: { toString: 'x' } }],
      ['webhookId', { webhookId: 'x' }],
    ] as const) {
      const { status, body: answer } = await owner.post(DRY_RUN, body);
      expect([field, status, answer.code]).toEqual([field, 400, 'invalid_request']);
      expect(answer.message).toContain(field);
    }
    expect((await owner.post(DRY_RUN, { webhookId: 999 })).body.code).toBe('not_found');
  });

  it('are tried out on the newest ten thousand, and say that there are more', async () => {
    const { data: _data, changes: _changes, ...head } = events[0];
    const rows = Array.from({ length: 10_000 }, (_, number) => ({
      ...head,
      id: `many-${number}`,
      organizationId: 1,
      sequence: 1_000 + number,
    }));
    const unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
    await unitOfWork.run(async () => {
      for (let from = 0; from < rows.length; from += 500)
        await unitOfWork.manager.getRepository(EventEntity).insert(rows.slice(from, from + 500));
    });
    const answer = await dryRun({ limit: 1 });
    expect(answer).toMatchObject({ examined: 10_000, matched: 10_000, complete: false });
  });
});
