import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { brief, FORBIDDEN, newToggle } from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PASSWORD = 'Pass1234';

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: PASSWORD });
    bob = await flagpost.anonymous.login('bob', PASSWORD);
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  const makeToken = async (maker: ApiClient, body: object): Promise<ApiClient> => {
    const { token } = await maker.ok('POST', '/api/tokens', body);
    return new ApiClient(flagpost.baseUrl, { Authorization: token });
  };

  describe('1.6 Roles and permission matrix', () => {
    it('owners and writers read members', async () => {
      for (const client of [owner, bob]) {
        expect((await client.get('/api/members')).status).toBe(200);
        expect((await client.get('/api/members/current')).status).toBe(200);
      }
    });

    it('only owners make and delete members, set passwords and roles', async () => {
      const create = { accounts: ['x'], role: 'WRITER', password: PASSWORD };
      expect(brief(await bob.post('/api/members', create))).toEqual(FORBIDDEN);
      expect(brief(await bob.delete('/api/members', { account: 'Admin' }))).toEqual(FORBIDDEN);
      for (const change of [{ password: 'Other123' }, { role: 'OWNER' }])
        for (const account of ['bob', 'Admin'])
          expect(brief(await bob.patch('/api/members', { account, ...change }))).toEqual(FORBIDDEN);
    });

    it('a nickname is changed by whom it belongs to', async () => {
      expect((await bob.patch('/api/members', { account: 'bob', nickname: 'Bobby' })).status).toBe(200);
      for (const [client, account] of [
        [bob, 'Admin'],
        [owner, 'bob'],
      ] as const)
        expect(brief(await client.patch('/api/members', { account, nickname: 'x' }))).toEqual(FORBIDDEN);
    });

    it('only owners delete projects; the denial is 403 and no 401', async () => {
      expect(brief(await bob.delete('/api/projects/shop'))).toEqual(FORBIDDEN);
    });

    it('only owners manage webhooks, though any member may read them', async () => {
      const webhook = { name: 'w', url: 'http://127.0.0.1:9/', secretKey: 's', description: '' };
      const { id } = await owner.ok('POST', '/api/webhooks', webhook);
      expect(brief(await bob.post('/api/webhooks', webhook))).toEqual(FORBIDDEN);
      expect(brief(await bob.patch(`/api/webhooks/${id}`, { url: webhook.url }))).toEqual(FORBIDDEN);
      expect(brief(await bob.delete(`/api/webhooks/${id}`))).toEqual(FORBIDDEN);
      expect((await bob.ok('GET', `/api/webhooks/${id}`)).secretKey).toBeUndefined();
      expect((await owner.ok('GET', `/api/webhooks/${id}`)).secretKey).toBe('s');
    });

    it('everything else is for any member', async () => {
      const call = (method: string, path: string, body?: object): Promise<Json> => bob.ok(method, path, body);
      await call('POST', '/api/projects', { key: 'bobs', name: 'Bobs' });
      await call('PATCH', '/api/projects/bobs', { name: 'Bob’s' });
      await call('POST', '/api/projects/bobs/environments', { key: 'stage', name: 'Stage' });
      await call('PATCH', '/api/projects/bobs/environments/stage', { resetServerSdk: true });
      await call('PATCH', '/api/projects/bobs/environments/stage/offline');
      await call('PATCH', '/api/projects/bobs/environments/stage/restore');
      await call('POST', '/api/projects/bobs/toggles', newToggle('t'));
      await call('PATCH', '/api/projects/bobs/environments/online/toggles/t/targeting', {
        content: { defaultServe: { select: 1 } },
        disabled: false,
      });
      await call('POST', '/api/projects/bobs/segments', { key: 's', name: 'S' });
      await call('PATCH', '/api/projects/bobs/segments/s/publish', { rules: [] });
      await call('DELETE', '/api/projects/bobs/segments/s');
      await call('PATCH', '/api/projects/bobs/approvalSettings', {
        approvalSettings: [{ environmentKey: 'stage', enable: true, reviewers: ['Admin'] }],
      });
      await call('POST', '/api/tokens', { name: 'bobs', type: 'PERSON' });
    });

    it('only owners delete APPLICATION tokens', async () => {
      await makeToken(bob, { name: 'of bob', type: 'APPLICATION', role: 'WRITER' });
      const { content } = await owner.ok('GET', '/api/tokens?type=APPLICATION&pageSize=100');
      const { id } = content.find(({ name }: Json) => name === 'of bob');
      expect(brief(await bob.delete(`/api/tokens/${id}`))).toEqual(FORBIDDEN);
      await owner.ok('DELETE', `/api/tokens/${id}`);
    });

    it('PASS and REJECT are for reviewers, REVOKE and JUMP for owners', async () => {
      await owner.ok('POST', '/api/projects', { key: 'reviewed', name: 'Reviewed' });
      await owner.ok('PATCH', '/api/projects/reviewed/approvalSettings', {
        approvalSettings: [{ environmentKey: 'online', enable: true, reviewers: ['bob'] }],
      });
      await owner.ok('POST', '/api/projects/reviewed/toggles', newToggle('t'));
      const path = '/api/projects/reviewed/environments/online/toggles/t/targeting';
      const submit = (): Promise<Json> =>
        bob.ok('POST', `${path}/approval`, {
          content: { rules: [], defaultServe: { select: 1 } },
          disabled: false,
          comment: 'c',
        });
      const decide = (client: ApiClient, status: string): Promise<Answer> =>
        client.patch(`${path}/approvalStatus`, { status });
      await submit();
      for (const status of ['PASS', 'REJECT'])
        expect((await decide(owner, status)).body.code).toBe('invalid_request');
      for (const status of ['REVOKE', 'JUMP']) expect(brief(await decide(bob, status))).toEqual(FORBIDDEN);
      expect((await decide(owner, 'REVOKE')).status).toBe(200);
      await submit();
      expect((await decide(bob, 'PASS')).status).toBe(200);
      expect((await decide(bob, 'PASS')).body.code).toBe('invalid_request');
    });
  });

  describe('1.7 operator', () => {
    it('is the account: of the session, of the token’s owner, or api:<tokenName>', async () => {
      const person = await makeToken(bob, { name: 'op person', type: 'PERSON' });
      const robot = await makeToken(owner, { name: 'op robot', type: 'APPLICATION', role: 'WRITER' });
      for (const [client, account] of [
        [owner, 'Admin'],
        [bob, 'bob'],
        [person, 'bob'],
        [robot, 'api:op robot'],
      ] as const) {
        const key = `op-${account.replace(/\W/g, '-')}-${client === person ? 'p' : 's'}`;
        const made = await client.ok('POST', '/api/projects/shop/segments', { key, name: key });
        expect(made.modifiedBy).toBe(account);
        const { content } = await owner.ok('GET', `/api/events?segmentKey=${key}`);
        expect(content.map(({ operator }: Json) => operator)).toEqual([account]);
        const versions = await owner.ok('GET', `/api/projects/shop/segments/${key}/versions`);
        expect(versions.content[0].createdBy).toBe(account);
      }
    });
  });
});
