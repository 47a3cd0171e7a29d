import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const ATTRIBUTES = '/api/projects/shop/attributes';
const TARGETING = '/api/projects/shop/environments/online/toggles/flag/targeting';

const condition = (subject: string): object => ({
  type: 'string',
  subject,
  predicate: 'is one of',
  objects: ['x'],
});
const inSegments = (...objects: string[]): object => ({ type: 'segment', predicate: 'is in', objects });
const rule = (...conditions: object[]): object => ({ name: 'r', conditions, serve: { select: 1 } });

describe.each(DATABASES)('attributes on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', '/api/projects/shop/toggles', {
      key: 'flag',
      name: 'Flag',
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: [{ value: 'false' }, { value: 'true' }],
    });
    for (const [key, subjects] of Object.entries({
      vip: ['city', 'plan'],
      beta: ['device'],
      unused: ['secret'],
    })) {
      await owner.ok('POST', '/api/projects/shop/segments', { key, name: key });
      await owner.ok('PATCH', `/api/projects/shop/segments/${key}/publish`, {
        rules: subjects.map((subject) => ({ name: subject, conditions: [condition(subject)] })),
      });
    }
  });

  afterAll(() => flagpost.stop());

  it('are kept for a project, each once, also when many ask at once', async () => {
    expect(await owner.ok('GET', ATTRIBUTES)).toEqual([]);
    expect(await owner.ok('POST', ATTRIBUTES, { key: 'city' })).toEqual({ key: 'city' });
    expect(await owner.ok('POST', ATTRIBUTES, { key: 'City' })).toEqual({ key: 'city' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => owner.post(ATTRIBUTES, { key: 'user id' })),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      Array(12).fill([200, { key: 'user id' }]),
    );
    expect(await owner.ok('GET', ATTRIBUTES)).toEqual(['city', 'user id']);
  });

  it.each<[string, unknown, string]>([
    ['no key', {}, 'key is required'],
    ['a blank key', { key: ' ' }, 'key is required'],
    ['a number as key', { key: 1 }, 'key must be text'],
    ['a long key', { key: 'x'.repeat(257) }, 'key must have at most 256 characters'],
    ['a line break', { key: 'a\nb' }, 'key must not contain control characters'],
  ])('are refused with %s', async (_what, body, message) => {
    const answer = await owner.post(ATTRIBUTES, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain(message);
  });

  it('that rules use are listed, those of their segments too, each once', async () => {
    expect(await owner.ok('GET', `${TARGETING}/attributes`)).toEqual([]);
    const rules = [
      rule(condition('userId'), inSegments('vip')),
      rule(condition('plan'), inSegments('beta', 'vip'), condition('userId')),
    ];
    await owner.ok('PATCH', TARGETING, { content: { rules } });
    expect(await owner.ok('GET', `${TARGETING}/attributes`)).toEqual(['userId', 'plan', 'city', 'device']);
    await owner.ok('PATCH', '/api/projects/shop/segments/beta/publish', {
      rules: [{ name: 'r', conditions: [condition('browser')] }],
    });
    expect(
      await owner.ok(
        'GET',
        `${TARGETING.replace('shop', 'SHOP').replace('online', 'Online').replace('flag', 'FLAG')}/attributes`,
      ),
    ).toEqual(['userId', 'plan', 'city', 'browser']);
    await owner.ok('POST', '/api/projects/shop/environments', {
      key: 'copy',
      name: 'Copy',
      copyFrom: 'online',
    });
    const copied = `${TARGETING.replace('online', 'copy')}/attributes`;
    expect(await owner.ok('GET', copied)).toEqual(['userId', 'plan', 'city', 'browser']);
    await owner.ok('PATCH', TARGETING, { content: { rules: [] } });
    expect(await owner.ok('GET', `${TARGETING}/attributes`)).toEqual([]);
    expect(await owner.ok('GET', copied)).toHaveLength(4);
  });

  it('answer not_found for what is not there', async () => {
    for (const [path, message] of [
      ['/api/projects/nope/attributes', 'Project nope not found'],
      [`${TARGETING.replace('online', 'nope')}/attributes`, 'Environment nope not found'],
      [`${TARGETING.replace('flag', 'nope')}/attributes`, 'Toggle nope not found'],
    ] as const)
      expect((await owner.get(path)).body).toEqual({ code: 'not_found', message });
  });
});
