import { connect } from 'node:net';
import { getMetadataStorage } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, RESOURCE_NAMES, type ErrorDefinition } from '../../src/platform/errors/index.js';
import { describeConstraint } from '../../src/platform/http/constraint-texts.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const PASSWORD = 'Pass1234';

/** The rows of section 0 of the FeatureProbe contract, and of its 1.1, each by its name there. */
describe('HTTP manners', () => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  beforeAll(async () => {
    flagpost = await startFlagpost('sqlite');
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { name: 'Shop', key: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  /** Sends bytes as they are, and answers status, headers and parsed body. */
  const send = (text: string): Promise<{ status: number; head: string; body: Json }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(flagpost.baseUrl);
      const socket = connect(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.on('error', reject).on('close', () => {
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        resolve({ status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: JSON.parse(body) });
      });
    });
  const request = (line: string, headers = ''): string =>
    `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;
  const authorization = (): string =>
    Object.entries(owner.headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  const newToggle = (key: string): object => ({
    key,
    name: key,
    returnType: 'boolean',
    clientAvailability: true,
    variations: [{ value: 'false' }, { value: 'true' }],
    disabledServe: 0,
  });

  it('1: business errors are 400 with a code', async () => {
    const missing = await owner.get('/api/projects/none');
    expect([missing.status, missing.body]).toEqual([
      400,
      { code: 'not_found', message: 'Project none not found' },
    ]);
    const taken = await owner.post('/api/projects', { name: 'Other', key: 'Shop' });
    expect([taken.status, taken.body.code]).toEqual([400, 'conflict']);
  });

  it('2: what succeeds carries no code', async () => {
    const answer = await owner.get('/api/projects/exists?type=KEY&value=free');
    expect([answer.status, answer.body]).toEqual([200, { message: 'success' }]);
  });

  it('3, 4: every route documents 200 with a body, and no other success', async () => {
    const document = await flagpost.anonymous.ok('GET', '/api/v3/api-docs.json');
    const wrong: string[] = [];
    for (const [path, operations] of Object.entries<Json>(document.paths)) {
      for (const [method, operation] of Object.entries<Json>(operations)) {
        const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
        const content = operation.responses['200']?.content;
        const isEmpty = path.startsWith('/api/') && content === undefined;
        if (successes.join() !== '200' || isEmpty) wrong.push(`${method} ${path} ${successes.join()}`);
      }
    }
    expect(wrong).toEqual([]);
    const made = await owner.post('/api/projects/Shop/toggles', newToggle('first'));
    expect([made.status, made.headers.get('content-type')]).toEqual([200, JSON_TYPE]);
  });

  it.each([
    ['/api/projects/%ZZ', 400, 'invalid_request'],
    ['/api/%', 400, 'invalid_request'],
    ['/%c3%28', 400, 'invalid_request'],
    [`/api/projects/${'x'.repeat(5000)}`, 414, 'uri_too_long'],
    [`/api/projects?keyword=${'x'.repeat(20_000)}`, 431, 'headers_too_large'],
    ['/nonsense', 404, 'not_found'],
    ['/api/projects/Shop/nonsense', 404, 'not_found'],
  ])('5: errors have a code, wherever they come from: %s', async (path, status, code) => {
    const answer = await send(request(`GET ${path}`, authorization()));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toBeTruthy();
    expect(answer.head).toContain(`content-type: ${JSON_TYPE}`);
    expect(answer.head).toContain('access-control-allow-origin: *');
  });

  it('5: bytes that are no HTTP too', async () => {
    const cases: [string, number][] = [
      [request('FETCH /api/projects'), 400],
      ['nonsense\r\n\r\n', 400],
      ['GET /api/projects HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
      [request('GET /api/projects', `X-Long: ${'x'.repeat(70_000)}\r\n`), 431],
      [request('POST /api/login', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400],
      [request('PROPFIND /api/projects', authorization()), 404],
      [request('TRACE /api/projects'), 404],
      [request('PUT /api/projects', authorization()), 404],
    ];
    for (const [text, status] of cases) {
      const answer = await send(text);
      expect([text.slice(0, 40), answer.status, typeof answer.body.code]).toEqual([
        text.slice(0, 40),
        status,
        'string',
      ]);
    }
  });

  it('6: 401 is for those who are not signed in, 403 for those who may not', async () => {
    await owner.ok('POST', '/api/members', { accounts: ['Bob'], role: 'WRITER', password: PASSWORD });
    const bob = await flagpost.anonymous.login('bob', PASSWORD);
    expect((await flagpost.anonymous.get('/api/projects')).status).toBe(401);
    expect((await bob.delete('/api/projects/Shop')).body).toEqual({
      code: 'forbidden',
      message: 'Forbidden',
    });
  });

  it('7: any JSON is taken where any JSON is wanted', async () => {
    for (const text of ['3', 'false', '"x"', '{}']) {
      const answer = await owner.raw('POST', '/api/dictionaries/k', text);
      expect([answer.status, answer.body.value]).toEqual([200, text]);
    }
  });

  it('8: lists in queries come in every form', async () => {
    const search = (query: string): Promise<Json> =>
      owner.get(`/api/projects/Shop/toggles?environmentKey=online&${query}`);
    const both = 'releaseStatusList';
    for (const query of [
      `${both}[0]=RELEASE&${both}[1]=REJECT`,
      `${both}%5B0%5D=RELEASE&${both}%5B1%5D=REJECT`,
      `${both}[]=RELEASE&${both}[]=REJECT`,
      `${both}=RELEASE&${both}=REJECT`,
      `${both}=RELEASE,REJECT`,
      `${both}=RELEASE%2CREJECT`,
      `${both}[0]=RELEASE`,
      `${both}=`,
      `${both}[0]=`,
    ]) {
      const answer = await search(query);
      expect([query, answer.status, answer.body.totalElements]).toEqual([query, 200, 1]);
    }
    for (const query of [`${both}=RELEASE,x`, `${both}[x]=RELEASE`, `${both}[500]=RELEASE`]) {
      expect((await search(query)).body.code).toBe('invalid_request');
    }
  });

  it('9: an empty query value means that nothing is set', async () => {
    const query = 'keyword=&visitFilter=&disabled=&tags=&permanent=&related=&archived=&environmentKey=';
    const page = await owner.ok('GET', `/api/projects/Shop/toggles?${query}&pageIndex=&pageSize=`);
    expect([page.totalElements, page.size]).toEqual([1, 10]);
    await owner.ok('GET', '/api/webhooks?nameLike=&status=');
    await owner.ok('GET', '/api/events?resource=&action=&since=&limit=');
    await owner.ok('GET', '/api/tokens?type=');
  });

  it('10: extra fields are ignored', async () => {
    const made = await owner.ok('POST', '/api/projects', { name: 'X', key: 'x', locked: true, id: 77 });
    expect(made).not.toHaveProperty('locked');
    await owner.ok('PATCH', '/api/projects/x', { name: 'Y', key: 'z', nonsense: { a: [1] } });
    expect((await owner.ok('GET', '/api/projects/x?nonsense[a]=1')).key).toBe('x');
  });

  it('11, 12: no nulls, and dates in ISO 8601', async () => {
    const answer = await fetch(`${flagpost.baseUrl}/api/members?pageSize=100`, { headers: owner.headers });
    const text = await answer.text();
    expect(text).not.toContain(':null');
    expect(text).toMatch(/"visitedTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/);
  });

  it('13: names of routes go before keys', async () => {
    for (const path of ['/api/projects/exists', '/api/projects/Shop/toggles/exists', '/api/tokens/exists']) {
      expect((await owner.get(path)).body.message).toMatch(/^(type|name) /);
    }
  });

  it('14: bodies of 4 MiB are taken, larger ones refused', async () => {
    const padding = (bytes: number): string =>
      JSON.stringify({ account: 'x', password: '', pad: 'x'.repeat(bytes) });
    const large = await flagpost.anonymous.raw('POST', '/api/login', padding(4 * 1024 * 1024 - 200));
    expect([large.status, large.body.message]).toEqual([400, 'password is required']);
    const tooLarge = await flagpost.anonymous.raw('POST', '/api/login', padding(4 * 1024 * 1024));
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'payload_too_large']);
  });

  it('15: accounts, keys and names are the same in every case', async () => {
    await flagpost.anonymous.login('BOB', PASSWORD);
    expect((await owner.ok('GET', '/api/projects/sHOP/environments/ONLINE')).key).toBe('online');
    expect((await owner.ok('GET', '/api/projects/shop/toggles/FIRST')).key).toBe('first');
    expect((await owner.get('/api/projects/exists?type=NAME&value=SHOP')).body.code).toBe('conflict');
    expect((await owner.ok('GET', '/api/projects?keyword=sHo')).length).toBe(1);
  });

  it('18: a JSON content type without a body, and a body on DELETE', async () => {
    const path = '/api/projects/Shop/environments';
    await owner.ok('POST', path, { name: 'Test', key: 'test' });
    for (const [method, action] of [
      ['PATCH', 'offline'],
      ['PATCH', 'restore'],
    ] as const) {
      const headers = { 'Content-Type': 'application/json', ...owner.headers };
      const answer = await fetch(`${flagpost.baseUrl}${path}/test/${action}`, { method, headers });
      expect([answer.status, ((await answer.json()) as Json).key]).toEqual([200, 'test']);
    }
    expect((await owner.delete('/api/members', { account: 'Bob' })).status).toBe(200);
  });

  it('19: the organization is demanded of sessions', async () => {
    const { Authorization = '' } = owner.headers;
    const answer = await new ApiClient(flagpost.baseUrl, { Authorization }).get('/api/projects');
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
  });

  it('20: health', async () => {
    expect(await flagpost.anonymous.ok('GET', '/actuator/health')).toEqual({ status: 'UP' });
  });

  it('1.1: browsers of other origins may call', async () => {
    const preflight = await fetch(`${flagpost.baseUrl}/api/projects/Shop`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://ui.example.com',
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization,x-organizeid,content-type',
      },
    });
    expect(preflight.ok).toBe(true);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toBe(
      'GET, POST, PUT, DELETE, PATCH, OPTIONS',
    );
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-organizeid');
    for (const path of ['/api/projects', '/api/projects/none', '/api/nonsense']) {
      const { headers } = await owner.get(path);
      expect([path, headers.get('access-control-allow-origin')]).toEqual([path, '*']);
    }
    expect((await flagpost.anonymous.get('/api/projects')).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
  });

  it('1.1: long answers are compressed', async () => {
    const long = await fetch(`${flagpost.baseUrl}/api/v3/api-docs.yaml`, {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect([long.status, long.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    for (let n = 0; n < 15; n += 1) await owner.ok('POST', '/api/projects/Shop/toggles', newToggle(`t${n}`));
    const json = await fetch(`${flagpost.baseUrl}/api/projects/Shop/toggles?pageSize=50`, {
      headers: { ...owner.headers, 'Accept-Encoding': 'gzip' },
    });
    expect([json.headers.get('content-encoding'), ((await json.json()) as Json).totalElements]).toEqual([
      'gzip',
      16,
    ]);
  });

  it('1.9: messages come in Chinese where that is preferred', async () => {
    const chinese = new ApiClient(flagpost.baseUrl, {
      ...owner.headers,
      'Accept-Language': 'zh-CN,zh;q=0.9,en;q=0.8',
    });
    expect((await chinese.get('/api/projects/none')).body.message).toBe('项目 none 不存在');
    expect((await chinese.post('/api/projects', {})).body.message).toMatch(/^(name|key) \p{Script=Han}/u);
    expect((await chinese.raw('POST', '/api/projects', '{')).body.message).toBe(ERRORS.body_malformed.zh);
    expect((await chinese.get('/api/nonsense')).body.message).toMatch(/^没有该接口/);
    const bad = await send(request('GET /api/%ZZ', 'Accept-Language: zh-CN\r\n'));
    expect(bad.body.message).toBe(ERRORS.url_malformed.zh);
    const english = new ApiClient(flagpost.baseUrl, {
      ...owner.headers,
      'Accept-Language': 'en-US,zh;q=0.5',
    });
    expect((await english.get('/api/projects/none')).body.message).toBe('Project none not found');
  });

  it('1.9: the catalogue has both languages, with the same parameters', () => {
    const parameters = (text: string): string[] =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([name]) => name).toSorted();
    for (const [key, { en, zh }] of Object.entries<ErrorDefinition>(ERRORS)) {
      expect([key, parameters(zh)]).toEqual([key, parameters(en)]);
      // These consist of what is filled in, which has both.
      if (!/^fields?_invalid$/.test(key)) expect([key, /\p{Script=Han}/u.test(zh)]).toEqual([key, true]);
    }
    for (const { en, zh } of Object.values(RESOURCE_NAMES)) expect(en && zh).toBeTruthy();
  });

  it('1.9: every rule of every DTO is described in both languages', () => {
    const { validationMetadatas } = getMetadataStorage() as unknown as {
      validationMetadatas: Map<unknown, Json[]>;
    };
    const rules = [...validationMetadatas.values()].flat();
    const untold = rules
      .filter(({ type }) => type !== 'conditionalValidation' && type !== 'whitelistValidation')
      .map(({ name, type }) => String(name ?? type))
      .filter((name) => describeConstraint(name, 'x', { property: 'x' } as never).zh === 'x');
    expect(rules.length).toBeGreaterThan(50);
    expect([...new Set(untold)]).toEqual([]);
  });
});
