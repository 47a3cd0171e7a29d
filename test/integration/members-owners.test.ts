import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PASSWORD = 'Pass1234';
const ROUNDS = 4;

const demote = (client: ApiClient, account: string): Promise<Answer> =>
  client.patch('/api/members', { account, role: 'WRITER' });
const remove = (client: ApiClient, account: string): Promise<Answer> =>
  client.delete('/api/members', { account });

describe.each(DATABASES)('the last owner (%s)', (kind) => {
  let flagpost: TestFlagpost;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
  });
  afterAll(() => flagpost.stop());

  it('can be neither demoted nor deleted', async () => {
    const message = 'The last owner of the organization cannot be removed or demoted';
    for (const answer of [await demote(flagpost.owner, 'Admin'), await remove(flagpost.owner, 'ADMIN')])
      expect([answer.status, answer.body]).toEqual([400, { code: 'invalid_request', message }]);
    await flagpost.owner.ok('PATCH', '/api/members', { account: 'Admin', role: 'OWNER' });
  });

  it('is still there when two owners turn on each other at once', async () => {
    let client = flagpost.owner;
    let account = 'Admin';
    for (let round = 0; round < ROUNDS; round += 1) {
      const rival = `rival-${round}`;
      await client.ok('POST', '/api/members', { accounts: [rival], role: 'OWNER', password: PASSWORD });
      const rivalClient = await flagpost.anonymous.login(rival, PASSWORD);
      const attack = round % 2 ? demote : remove;
      const [ours, theirs] = await Promise.all([attack(client, rival), attack(rivalClient, account)]);
      expect([ours.status, theirs.status].filter((status) => status === 200)).toHaveLength(1);
      if (theirs.status === 200) [client, account] = [rivalClient, rival];
      const page = await client.ok('GET', '/api/members?pageSize=1000');
      const owners = page.content.filter((row: Json) => row.role === 'OWNER');
      expect(owners).toMatchObject([{ account, allowEdit: false }]);
    }
  });

  it('is still there when all owners resign at once', async () => {
    const own = await startFlagpost(kind);
    try {
      const accounts = ['one', 'two', 'three'];
      await own.owner.ok('POST', '/api/members', { accounts, role: 'OWNER', password: PASSWORD });
      const clients = [own.owner];
      for (const account of accounts) clients.push(await own.anonymous.login(account, PASSWORD));
      const answers = await Promise.all(
        ['Admin', ...accounts].map((account, n) => demote(clients[n] ?? own.owner, account)),
      );
      const statuses = answers.map((answer) => answer.status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 200, 400]);
    } finally {
      await own.stop();
    }
  });
});
