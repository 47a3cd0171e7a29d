import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventRepository } from '../../src/events/event.repository.js';
import { EventStreams } from '../../src/events/stream/event-streams.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { StreamClient } from '../support/stream-client.js';
import { waitFor } from '../support/wait-for.js';

const STREAM = '/api/events/stream';

describe.each(DATABASES)('GET /api/events/stream on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  const opened: StreamClient[] = [];
  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { STREAM_HEARTBEAT_SECONDS: '0.2' });
    owner = flagpost.owner;
    for (const key of ['shop', 'blog']) await owner.ok('POST', '/api/projects', { key, name: key });
  });
  afterEach(async () => {
    for (const stream of opened.splice(0)) stream.close();
    await waitFor(() => count() === 0, 'the streams to be forgotten');
  });
  afterAll(() => flagpost.stop());

  const count = (): number => flagpost.app.get(EventStreams, { strict: false }).count;
  const open = async (
    query = '',
    headers: Record<string, string> = {},
    client = owner,
  ): Promise<StreamClient> => {
    const stream = await StreamClient.open(client, STREAM + query, headers);
    opened.push(stream);
    return stream;
  };
  const change = (description: string, key = 'shop'): Promise<Json> =>
    owner.ok('PATCH', `/api/projects/${key}`, { description });
  const list = async (query: string): Promise<Json[]> =>
    (await owner.ok('GET', `/api/events?${query}`)).content;

  it('begins now, and shows each event as the list does, under its id', async () => {
    const stream = await open();
    await change('one');
    await change('two');
    const messages = await stream.waitFor(2);
    const events = (await list('limit=2')).toReversed();
    expect(messages).toEqual(events.map((data) => ({ id: data.id, data })));
    expect(stream.retry).toBeGreaterThan(0);
  });

  it('is a stream to proxies and browsers: not compressed, not cached, not buffered', async () => {
    const { headers } = (await open()).response;
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-accel-buffering']).toBe('no');
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  it('goes on after Last-Event-ID without a gap or a repeat, whatever `after` says', async () => {
    const before = await open();
    await change('seen');
    const [seen] = await before.waitFor(1);
    before.close();
    await change('missed 1');
    await change('missed 2');
    const again = await open('?after=0', { 'Last-Event-ID': seen!.id! });
    await change('live');
    await again.waitFor(3);
    expect(again.messages.map(({ data }) => data.data.description)).toEqual(['missed 1', 'missed 2', 'live']);
  });

  it('begins at the start, or after an event, for clients that can’t send the header', async () => {
    const all = await list('after=0&limit=1000');
    const ids = all.map(({ id }) => id);
    const fromStart = await open('?after=0');
    await fromStart.waitFor(ids.length);
    expect(fromStart.ids).toEqual(ids);
    const fromSecond = await open(`?after=${ids[1]}`);
    await fromSecond.waitFor(ids.length - 2);
    expect(fromSecond.ids).toEqual(ids.slice(2));
  });

  it('catches up over many pages while events keep coming', async () => {
    const start = (await list('limit=1'))[0].id;
    for (let number = 0; number < 30; number += 1) await change(`page ${number}`);
    const stream = await open(`?after=${start}`);
    for (let number = 30; number < 45; number += 1) await change(`page ${number}`);
    await stream.waitFor(45);
    expect(stream.ids).toEqual((await list(`after=${start}&limit=1000`)).map(({ id }) => id));
  });

  it('takes every filter of the list', async () => {
    const [{ timestamp }] = await list('limit=1');
    await change('a filter', 'blog');
    const filters = [
      'resource=PROJECT',
      'action=UPDATE',
      'projectKey=BLOG',
      'operator=Admin',
      'operator=admin',
      'operator=nobody',
      'environmentKey=online',
      'toggleKey=none',
      'segmentKey=none',
      `since=${timestamp}`,
      `until=${timestamp}`,
    ];
    for (const filter of [...filters, filters.slice(0, 4).join('&')]) {
      const expected = await list(`after=0&limit=1000&${filter}`);
      const stream = await open(`?after=0&${filter}`);
      await stream.waitFor(expected.length);
      expect([filter, stream.ids]).toEqual([filter, expected.map(({ id }) => id)]);
      stream.close();
    }
    const blog = await open('?projectKey=blog');
    await change('other project');
    await change('this project', 'blog');
    await blog.waitFor(1);
    expect(blog.messages.map(({ data }) => data.projectKey)).toEqual(['blog']);
  });

  it('refuses wrong filters and unknown events before it begins', async () => {
    const unknown = new ApiClient(flagpost.baseUrl, { ...owner.headers, 'Last-Event-ID': 'no-such-event' });
    const refused = await unknown.get(STREAM);
    expect([refused.status, refused.body]).toEqual([
      400,
      { code: 'not_found', message: 'Event no-such-event not found' },
    ]);
    expect((await owner.get(`${STREAM}?after=nothing`)).body.code).toBe('not_found');
    const wrong = await owner.get(`${STREAM}?resource=CAT`);
    expect([wrong.status, wrong.body.code, wrong.body.message]).toEqual([
      400,
      'invalid_request',
      expect.stringContaining('resource'),
    ]);
    expect((await flagpost.anonymous.get(STREAM)).status).toBe(401);
  });

  it('sends comments while nothing happens', async () => {
    const stream = await open();
    await waitFor(() => stream.comments.length >= 2, 'two heartbeats');
    expect(stream.messages).toEqual([]);
  });

  it('answers HEAD without an endless body', async () => {
    const response = await fetch(flagpost.baseUrl + STREAM, { method: 'HEAD', headers: owner.headers });
    expect(response.status).toBe(200);
    await waitFor(() => count() === 0, 'the stream to be forgotten');
  });

  it('forgets those who left', async () => {
    const streams = [await open(), await open('?after=0'), await open('?projectKey=none')];
    expect(count()).toBe(3);
    for (const stream of streams) stream.close();
    await waitFor(() => count() === 0, 'the streams to be forgotten');
  });

  it('ends once the caller’s token is deleted, its password reset or its account removed', async () => {
    const account = { accounts: ['bob', 'eve'], role: 'WRITER', password: 'Pass1234' };
    await owner.ok('POST', '/api/members', account);
    const { token } = await owner.ok('POST', '/api/tokens', {
      name: 'bot',
      type: 'APPLICATION',
      role: 'OWNER',
    });
    const bot = await open('', {}, new ApiClient(flagpost.baseUrl, { Authorization: token }));
    const bob = await open('', {}, await flagpost.anonymous.login('bob', 'Pass1234'));
    const eve = await open('', {}, await flagpost.anonymous.login('eve', 'Pass1234'));
    const stays = await open();
    const tokens = await owner.ok('GET', '/api/tokens?type=APPLICATION');
    await owner.ok('DELETE', `/api/tokens/${tokens.content[0].id}`);
    await owner.ok('PATCH', '/api/members', { account: 'bob', password: 'Other1234' });
    await owner.ok('DELETE', '/api/members', { account: 'eve' });
    for (const [name, stream] of Object.entries({ bot, bob, eve }))
      await waitFor(() => stream.ended === 'end', `the stream of ${name} to end`);
    expect(stays.ended).toBeUndefined();
  });
});

describe('a client that reads nothing', () => {
  /** Far more than sockets take in. */
  const startWithMuch = async (heartbeatSeconds: string): Promise<TestFlagpost> => {
    const flagpost = await startFlagpost('sqlite', { STREAM_HEARTBEAT_SECONDS: heartbeatSeconds });
    await flagpost.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    for (let number = 0; number < 30; number += 1) {
      await flagpost.owner.ok('POST', '/api/projects/shop/toggles', {
        key: `t${number}`,
        name: `${number}`,
        returnType: 'string',
        clientAvailability: true,
        disabledServe: 0,
        variations: [{ value: 'x'.repeat(900_000) }, { value: 'y' }],
      });
    }
    return flagpost;
  };
  /** Connected, with the first page read for it. */
  const connect = async (flagpost: TestFlagpost) => {
    const readPage = vi.spyOn(flagpost.app.get(EventRepository, { strict: false }), 'listAfter');
    const stream = await StreamClient.connect(flagpost.owner, `${STREAM}?after=0`);
    await waitFor(() => readPage.mock.calls.length > 0, 'the first page');
    return { stream, readPage };
  };
  const left = async (stream: StreamClient): Promise<void> => {
    stream.response.resume();
    await waitFor(() => stream.response.socket.destroyed, 'the client to notice');
  };

  it('is dropped, and holds no more than a page meanwhile', async () => {
    const flagpost = await startWithMuch('0.3');
    try {
      const { stream, readPage } = await connect(flagpost);
      const streams = flagpost.app.get(EventStreams, { strict: false });
      await waitFor(() => streams.count === 0, 'the server to drop the client');
      expect(readPage).toHaveBeenCalledTimes(1);
      await left(stream);
    } finally {
      await flagpost.stop();
    }
  });

  it('doesn’t hold up the server when it stops', async () => {
    const flagpost = await startWithMuch('3600');
    const { stream } = await connect(flagpost);
    await flagpost.stop();
    await left(stream);
  });
});
