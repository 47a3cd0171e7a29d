import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { ProjectService } from '../../src/projects/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { expectRefusal, Shop } from '../support/shop.js';
import { SteppedClock } from '../support/stepped-clock.js';
import { touchpointBody } from '../support/touchpoint-bodies.js';

const GOLD = { code: 'gold', description: 'Gold members' };
const SILVER = { code: 'silver', description: 'Silver members' };
const MINUTE_MS = 60_000;

describe.each(DATABASES)('the values of choices on %s', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind, { ROLES: 'api' }, { clock });
    owner = flagpost.owner;
    for (const key of ['shop', 'forum']) await Shop.open(owner, key);
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });
  beforeEach(() => {
    receiver.received.length = 0;
    answer({ code: 0, enumArgs: [GOLD, SILVER] });
  });

  const answer = (body: Json, status = 200): void =>
    receiver.answerWith(status, { 'Content-Type': 'application/json' }, JSON.stringify(body));
  const make = async (options: Json, more: Json = {}): Promise<number> => {
    const params = [
      { name: 'level', displayName: 'Member level', type: 'ENUM', options, ...more },
      { name: 'title', type: 'TEXT' },
    ];
    return (await owner.ok('POST', '/api/touchpoints', touchpointBody({ templateParams: params }))).id;
  };
  const options = (id: number, search = '?projectKey=shop', param = 'level'): Promise<Json> =>
    owner.ok('GET', `/api/touchpoints/${id}/options/${param}${search}`);
  const refused = async (id: number, reason: string): Promise<void> => {
    const found = await owner.get(`/api/touchpoints/${id}/options/level?projectKey=shop`);
    expectRefusal(found, 'invalid_request', `The values of level are not to be had: ${reason}`);
  };

  it('are those that were entered by hand', async () => {
    const id = await make({ values: [{ code: 'gold', name: 'Gold members' }] });
    expect(await options(id, '')).toEqual([GOLD]);
    expect(await options(id)).toEqual([GOLD]);
    expect(receiver.received).toEqual([]);
  });

  it('are none of other parameters', async () => {
    const id = await make({ values: [{ code: 'gold', name: 'Gold members' }] });
    const url = `/api/touchpoints/${id}/options`;
    expectRefusal(await owner.get(`${url}/other`), 'not_found', 'Template parameter other not found');
    expectRefusal(await owner.get(`${url}/title`), 'invalid_request', 'title is of type TEXT: only an ENUM');
    expectRefusal(await owner.get(`${url}/level?projectKey=none`), 'not_found', 'Project none not found');
  });

  it('come from the API, which is told the project and the parameter', async () => {
    const id = await make({ url: `${receiver.url}?a=1` });
    answer({
      code: 0,
      enumArgs: [
        { ...GOLD, childEnumArgs: [SILVER] },
        { ...SILVER, childEnumArgs: [] },
      ],
    });
    expect(await options(id)).toEqual([{ ...GOLD, children: [SILVER] }, SILVER]);
    const [request] = receiver.received;
    const { id: projectId } = await flagpost.app.get(ProjectService, { strict: false }).findLive(1, 'shop');
    expect([request?.method, request?.path]).toEqual(['POST', '/hook?a=1']);
    expect(request?.body).toEqual({ projectId, paramDescription: 'Member level', paramName: 'level' });
    expect(request?.headers['content-type']).toBe('application/json');
    const missing = await owner.get(`/api/touchpoints/${id}/options/level`);
    expectRefusal(missing, 'invalid_request', 'projectKey is required');
  });

  it('may be asked for by writers', async () => {
    await owner.ok('POST', '/api/members', { accounts: ['writer'], role: 'WRITER', password: 'Pass1234' });
    const writer = await flagpost.anonymous.login('writer', 'Pass1234');
    const id = await make({ url: receiver.url });
    expect(await writer.ok('GET', `/api/touchpoints/${id}/options/level?projectKey=shop`)).toEqual([
      GOLD,
      SILVER,
    ]);
  });

  it('are kept for three minutes, for each project, and until an edit', async () => {
    const id = await make({ url: receiver.url });
    await options(id);
    clock.ahead += 3 * MINUTE_MS - 5_000;
    await options(id);
    expect(receiver.received).toHaveLength(1);
    await options(id, '?projectKey=forum');
    expect(receiver.received).toHaveLength(2);
    const ids = receiver.received.map(({ body }) => body.projectId);
    expect(ids[0]).not.toBe(ids[1]);
    clock.ahead += MINUTE_MS;
    answer({ code: 0, enumArgs: [SILVER] });
    expect(await options(id)).toEqual([SILVER]);
    expect(receiver.received).toHaveLength(3);
    await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
    const { templateParams } = await owner.ok('GET', `/api/touchpoints/${id}`);
    const [level, title] = templateParams;
    const edited = { ...level, options: { url: `${receiver.url}/other` } };
    await owner.ok('PATCH', `/api/touchpoints/${id}`, { templateParams: [edited, title] });
    await options(id);
    expect(receiver.received.at(-1)?.path).toBe('/hook/other');
  });

  it('are asked for once by callers who come together', async () => {
    const id = await make({ url: receiver.url });
    const answers = await Promise.all([1, 2, 3, 4].map(() => options(id)));
    for (const each of answers) expect(each).toEqual([GOLD, SILVER]);
    expect(receiver.received).toHaveLength(1);
  });

  it('are asked for anew after a failure', async () => {
    const id = await make({ url: receiver.url });
    answer({}, 503);
    await refused(id, 'the API answered 503');
    answer({ code: 0, enumArgs: [GOLD] });
    expect(await options(id)).toEqual([GOLD]);
  });

  it('are codes for who checks a campaign: those of the categories’ children, and of what has none', async () => {
    const touchpoints = flagpost.app.get(Touchpoints, { strict: false });
    const id = await make({ url: receiver.url });
    const touchpoint = (await touchpoints.load([id])).get(id)!;
    answer({
      code: 0,
      enumArgs: [
        { ...GOLD, childEnumArgs: [SILVER] },
        { code: 'vip', description: '' },
      ],
    });
    expect([...(await touchpoints.codesOf(touchpoint, 'level', 1))]).toEqual(['silver', 'vip']);
    const byHand = await make({ values: [{ code: 'a', name: 'A' }] });
    const other = (await touchpoints.load([byHand])).get(byHand)!;
    expect([...(await touchpoints.codesOf(other, 'level', 1))]).toEqual(['a']);
  });

  it.each([
    ['a status', (): void => answer({ code: 0, enumArgs: [] }, 404), 'the API answered 404'],
    [
      'a redirect',
      (): void => receiver.answerWith(302, { Location: 'http://10.0.0.1/' }),
      'the API answered 302, and redirects are not followed',
    ],
    ['no JSON', (): void => receiver.answerWith(200, {}, '<html>'), 'the answer of the API is not JSON'],
    ['nothing', (): void => receiver.answerWith(200), 'the answer of the API is not JSON'],
    ['no object', (): void => answer([]), 'the answer of the API is no object'],
    [
      'another code',
      (): void => answer({ code: 7, message: 'no such project' }),
      'the API answered with code 7: no such project',
    ],
    [
      'a value without a code',
      (): void => answer({ code: 0, enumArgs: [GOLD, { description: 'x' }] }),
      'enumArgs[1].code in the answer of the API is not text',
    ],
    [
      'a broken connection',
      (): void => {
        receiver.reply = (_request, response): void => {
          response.destroy();
        };
      },
      'the receiver closed the connection before it answered',
    ],
    [
      'a body that breaks off',
      (): void => {
        receiver.reply = (_request, response): void => {
          response.writeHead(200, { 'Content-Length': '1000' });
          response.write('{"code":0,');
          setTimeout(() => response.destroy(), 20);
        };
      },
      'the answer broke off before its end',
    ],
    [
      'more than a mebibyte',
      (): void => receiver.answerWith(200, {}, `{"code":0,"enumArgs":[],"x":"${'x'.repeat(1024 * 1024)}"}`),
      'the answer is over 1048576 bytes',
    ],
  ])('are not to be had where the API answers %s', async (_what, misbehave, reason) => {
    const id = await make({ url: receiver.url });
    misbehave();
    await refused(id, reason);
  });

  it('are not to be had where an answer unpacks to more than a mebibyte', async () => {
    const id = await make({ url: receiver.url });
    const packed = gzipSync(`{"code":0,"enumArgs":[],"x":"${'x'.repeat(20 * 1024 * 1024)}"}`);
    expect(packed.length).toBeLessThan(100_000);
    receiver.reply = (_request, response): void => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed);
    };
    await refused(id, 'the answer is over 1048576 bytes');
  });

  it('are read from a packed answer', async () => {
    const id = await make({ url: receiver.url });
    receiver.reply = (_request, response): void => {
      const text = JSON.stringify({ code: 0, enumArgs: [GOLD] });
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(text));
    };
    expect(await options(id)).toEqual([GOLD]);
  });

  it('are not waited for longer than five seconds, though the API goes on answering', async () => {
    const id = await make({ url: receiver.url });
    let writing: NodeJS.Timeout | undefined;
    receiver.reply = (_request, response): void => {
      response.writeHead(200);
      writing = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(writing));
    };
    await refused(id, 'no whole answer within 5000 ms');
  });

  it('are not to be had where nothing listens', async () => {
    const gone = await Receiver.start();
    const { url, port } = gone;
    await gone.stop();
    await refused(await make({ url }), `connection refused by 127.0.0.1:${port}`);
  });

  it('are not asked for where deliveries may not go: a name is checked as it is connected to', async () => {
    // Allowed on saving, since it may not resolve there; here it resolves to what is not allowed.
    const strict = await startFlagpost(kind, { ROLES: 'api', EGRESS_ALLOW: '' });
    try {
      await Shop.open(strict.owner, 'shop');
      const body = touchpointBody({
        url: 'https://example.com/',
        templateParams: [{ name: 'level', type: 'ENUM', options: { url: 'https://example.com/' } }],
      });
      const { id } = await strict.owner.ok('POST', '/api/touchpoints', body);
      const unitOfWork = strict.app.get(UnitOfWork);
      const refusedAt = async (from: string, to: string, reason: string): Promise<void> => {
        await unitOfWork.run(() =>
          unitOfWork.manager.query('UPDATE touchpoint SET config = REPLACE(config, ?, ?)', [from, to]),
        );
        const found = await strict.owner.get(`/api/touchpoints/${id}/options/level?projectKey=shop`);
        expectRefusal(found, 'invalid_request', `The values of level are not to be had: ${reason}`);
      };
      await refusedAt('https://example.com/', receiver.url, '127.0.0.1 is a loopback address');
      const named = receiver.url.replace('127.0.0.1', 'localhost');
      await refusedAt(receiver.url, named, 'localhost resolves to');
      expect(receiver.received).toEqual([]);
    } finally {
      await strict.stop();
    }
  });
});
