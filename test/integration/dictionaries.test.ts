import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

describe.each(DATABASES)('dictionaries (%s)', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
  });
  afterAll(() => flagpost.stop());

  const put = async (key: string, text: string): Promise<Json> => {
    const answer = await owner.raw('POST', `/api/dictionaries/${key}`, text);
    expect([answer.status, answer.body.value]).toEqual([200, text]);
    return answer.body;
  };

  it('keep the text of any JSON, as it was sent', async () => {
    const texts = [
      '3',
      'false',
      'true',
      'null',
      '"x"',
      '{}',
      '[]',
      '-1.50e3',
      ' { "b" : 1,\n "a":2 } ',
      '{"__proto__":{"a":1}}',
      '"\\ud83d\\u0000"',
      '{"projectKey":"Ünï","x":"😀"}',
      '12345678901234567890',
    ];
    for (const text of texts) {
      const stored = await put('any', text);
      expect(Object.keys(stored).toSorted()).toEqual(['createdTime', 'key', 'modifiedTime', 'value']);
      expect(await owner.ok('GET', '/api/dictionaries/any')).toEqual(stored);
    }
  });

  it('answer 400 for a key that has no value', async () => {
    const answer = await owner.get('/api/dictionaries/user_last_seen');
    expect([answer.status, answer.body]).toEqual([
      400,
      { code: 'not_found', message: 'Dictionary user_last_seen not found' },
    ]);
  });

  it('refuse what is no JSON, too long, or nothing', async () => {
    for (const text of ['', '{', 'undefined', "'x'", `"${'x'.repeat(65_535)}"`, '[1,]']) {
      const answer = await owner.raw('POST', '/api/dictionaries/bad', text);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    }
    await put('long', `"${'x'.repeat(65_534)}"`);
    const long = await owner.raw('POST', '/api/dictionaries/long', `"${'é'.repeat(40_000)}"`);
    expect(long.body.message).toBe('value must have at most 65536 bytes');
  });

  it('know keys of up to 1024 characters, whatever their case', async () => {
    const key = `get_started_${'x'.repeat(1012)}`;
    await put(key, '1');
    expect((await owner.ok('GET', `/api/dictionaries/${key.toUpperCase()}`)).key).toBe(key);
    await put(encodeURIComponent('ключ / с % пробелами'), '2');
    for (const bad of [`${key}y`, '%00', '%20']) {
      const answer = await owner.raw('POST', `/api/dictionaries/${bad}`, '1');
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    }
  });

  it('are each member’s own', async () => {
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: 'Pass1234' });
    const bob = await flagpost.anonymous.login('bob', 'Pass1234');
    await put('mine', '"secret"');
    expect((await bob.get('/api/dictionaries/mine')).body.code).toBe('not_found');
    expect((await flagpost.anonymous.get('/api/dictionaries/mine')).status).toBe(401);
  });

  it('keep one of many values put at once', async () => {
    const values = Array.from({ length: 20 }, (_, n) => String(n));
    await Promise.all(values.map((value) => put('race', value)));
    const kept = await owner.ok('GET', '/api/dictionaries/race');
    expect(values).toContain(kept.value);
    const again = await put('race', '"later"');
    expect(again.createdTime).toBe(kept.createdTime);
  });
});
