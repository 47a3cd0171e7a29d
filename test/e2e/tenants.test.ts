import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { type ApiOperation, readOperations } from '../support/open-api.js';
import { StreamClient } from '../support/stream-client.js';
import { addOrganization } from '../support/second-organization.js';
import { touchpointBody } from '../support/touchpoint-bodies.js';

/** In every name and description of the first organization, and in no key or id: whoever sees it has seen too much. */
const SECRET = 'Top secret';

/** A member of the first organization. Accounts are no secret: nobody else may have them. */
const INSIDER = 'insider';

const OF_INSIDER = { account: INSIDER, oldPassword: 'not-the-password' };

/** Routes whose path names nothing of an organization. */
const OF_NO_ORGANIZATION = new Set(['/api/misc/sdk/{key}', '/api/dictionaries/{key}']);

/** Routes that answer the owner 400 as long as nothing was put there. */
const EMPTY_AT_FIRST = /\/metric(\/|$)/;

/** Endless answers. */
const STREAMS = /\/stream$/;

interface Fixtures {
  readonly webhookId: number;
  readonly touchpointId: number;
  readonly tokenId: number;
  readonly deliveryId: string;
  readonly replayId: string;
  readonly eventId: string;
  readonly campaignId: number;
}

/** Fills the first organization with one of each. */
async function makeFixtures(owner: ApiClient): Promise<Fixtures> {
  const webhook = await owner.ok('POST', '/api/webhooks', {
    name: `${SECRET} webhook`,
    description: SECRET,
    url: 'http://127.0.0.1:9/',
    status: 'ENABLE',
  });
  await owner.ok('POST', '/api/projects', { name: `${SECRET} project`, key: 'vault', description: SECRET });
  await owner.ok('POST', '/api/projects/vault/segments', { name: `${SECRET} segment`, key: 'elite' });
  const campaign = await owner.ok('POST', '/api/projects/vault/campaigns', { name: `${SECRET} campaign` });
  await owner.ok('POST', '/api/projects/vault/toggles', {
    name: `${SECRET} toggle`,
    key: 'hidden',
    desc: SECRET,
    returnType: 'boolean',
    clientAvailability: true,
    variations: [{ value: 'false', name: SECRET }, { value: 'true' }],
    disabledServe: 0,
  });
  const options = { values: [{ code: 'gold', name: SECRET }] };
  const touchpoint = await owner.ok(
    'POST',
    '/api/touchpoints',
    touchpointBody({ name: `${SECRET} tp`, templateParams: [{ name: 'level', type: 'ENUM', options }] }),
  );
  await owner.ok('PATCH', `/api/touchpoints/${touchpoint.id}/spaces`, { projectKeys: ['vault'] });
  const profile = { gid: 17, userId: SECRET, attributes: { note: SECRET } };
  await owner.ok('POST', '/api/projects/vault/profiles', profile);
  await owner.ok('POST', '/api/members', { accounts: [INSIDER], role: 'WRITER', password: 'Pass1234' });
  await owner.ok('POST', '/api/tokens', { name: `${SECRET} token`, type: 'APPLICATION', role: 'OWNER' });
  await owner.ok('POST', '/api/dictionaries/java_sdk_version', SECRET);
  const tokens = await owner.ok('GET', '/api/tokens?type=APPLICATION');
  const deliveries = await owner.ok('GET', `/api/webhooks/${webhook.id}/deliveries`);
  const events = await owner.ok('GET', '/api/events');
  const replay = await owner.ok('POST', `/api/webhooks/${webhook.id}/replay`, { since: 0 });
  return {
    webhookId: webhook.id,
    touchpointId: touchpoint.id,
    tokenId: tokens.content[0].id,
    deliveryId: deliveries.content[0].id,
    replayId: replay.id,
    eventId: events.content[0].id,
    campaignId: campaign.id,
  };
}

describe.each(DATABASES)('organizations (%s)', (kind) => {
  let flagpost: TestFlagpost;
  let other: ApiClient;
  let otherToken: ApiClient;
  let fixtures: Fixtures;
  let operations: readonly ApiOperation[];
  beforeAll(async () => {
    // No worker: nothing changes but by the calls made here.
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    other = await addOrganization(flagpost, 'stranger');
    const made = await other.ok('POST', '/api/tokens', { name: 'bot', type: 'APPLICATION', role: 'OWNER' });
    otherToken = new ApiClient(flagpost.baseUrl, { Authorization: made.token });
    fixtures = await makeFixtures(flagpost.owner);
    operations = (await readOperations(flagpost.anonymous)).filter(
      ({ isPublic, path }) => !isPublic && !STREAMS.test(path),
    );
  });
  afterAll(() => flagpost.stop());

  const idIn = (path: string): string => {
    if (path.startsWith('/api/webhooks')) return String(fixtures.webhookId);
    if (path.startsWith('/api/touchpoints')) return String(fixtures.touchpointId);
    if (path.startsWith('/api/tokens')) return String(fixtures.tokenId);
    if (path.includes('/campaigns/')) return String(fixtures.campaignId);
    return fixtures.deliveryId;
  };
  /** The names in a path, filled with what belongs to the first organization. */
  const fill = (path: string): string =>
    path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      const known: Record<string, string> = {
        projectKey: 'vault',
        environmentKey: 'online',
        toggleKey: 'hidden',
        segmentKey: 'elite',
        gid: '17',
        version: '1',
        key: 'java_sdk_version',
        replayId: fixtures.replayId,
        param: 'level',
      };
      return known[name] ?? idIn(path);
    });
  const call = ({ method, path, query, body }: ApiOperation, client: ApiClient): Promise<Answer> => {
    const search = new URLSearchParams({ ...query, ...(query['account'] ? { account: INSIDER } : {}) });
    // About somebody of the first organization, and not successful about the caller itself.
    const ofMembers = path.startsWith('/api/members') && method !== 'POST' ? OF_INSIDER : {};
    return client.call(method, `${fill(path)}?${search.toString()}`, body && { ...body, ...ofMembers });
  };

  /** Every row that belongs to the first organization, table by table. */
  const dump = async (): Promise<Record<string, Json[]>> => {
    const manager = flagpost.app.get(UnitOfWork, { strict: false }).reader;
    const tables: Record<string, Json[]> = {};
    for (const { target, tableName, propertiesMap, primaryColumns } of manager.dataSource.entityMetadatas) {
      if (!('organizationId' in propertiesMap)) continue;
      const order = Object.fromEntries(
        primaryColumns.map(({ propertyName }) => [propertyName, 'ASC' as const]),
      );
      tables[tableName] = await manager.getRepository(target).find({ where: { organizationId: 1 }, order });
    }
    const ids = tables['organization_member']?.map(({ memberId }) => memberId) ?? [];
    const members = await manager.query(
      `SELECT id, account, nickname, password_hash, status, deleted, session_epoch, modified_at FROM member WHERE id IN (${ids.join()})`,
    );
    return { ...tables, member: members };
  };

  it('fill all names of all paths rightly: their owner gets what there is', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      if (EMPTY_AT_FIRST.test(operation.path)) continue;
      const answer = await call(operation, flagpost.owner);
      const isFree = operation.path.endsWith('/exists') && answer.body.code === 'conflict';
      expect([operation.path, isFree || answer.status]).toEqual([operation.path, isFree || 200]);
    }
  });

  it('show and change nothing of each other, on any route', async () => {
    const before = await dump();
    expect(Object.keys(before).length).toBeGreaterThan(10);
    const leaks: unknown[] = [];
    for (const operation of operations) {
      const namesOrganization = operation.pathNames.length > 0 && !OF_NO_ORGANIZATION.has(operation.path);
      for (const client of [other, otherToken]) {
        const { status, body } = await call(operation, client);
        const isRefused = status === 403 || (status === 400 && body.code === 'not_found');
        const isOrdinary = [200, 400, 403].includes(status) && !JSON.stringify(body).includes(SECRET);
        if (!isOrdinary || (namesOrganization && !isRefused))
          leaks.push([operation.method, operation.path, status, body]);
      }
    }
    expect(leaks).toEqual([]);
    expect(await dump()).toEqual(before);
    const members = await other.ok('GET', '/api/members?pageSize=1000');
    expect(members.content.map(({ account }: Json) => account)).not.toContain(INSIDER);
  });

  it('are not reached by naming them', async () => {
    const inFirst = { 'X-OrganizeID': '1' };
    const inSecond = { 'X-OrganizeID': String(other.headers['X-OrganizeID']) };
    const { token } = await flagpost.owner.ok('POST', '/api/tokens', { name: 'mine', type: 'PERSON' });
    const strangers = [
      new ApiClient(flagpost.baseUrl, { ...other.headers, ...inFirst }),
      new ApiClient(flagpost.baseUrl, { ...otherToken.headers, ...inFirst }),
      new ApiClient(flagpost.baseUrl, { ...flagpost.owner.headers, ...inSecond }),
      new ApiClient(flagpost.baseUrl, { Authorization: token, ...inSecond }),
    ];
    const before = await dump();
    for (const operation of operations) {
      for (const client of strangers) {
        const { status, body } = await call(operation, client);
        expect([operation.method, operation.path, status, body.code]).toEqual([
          operation.method,
          operation.path,
          403,
          'forbidden',
        ]);
      }
    }
    expect(await dump()).toEqual(before);
  });

  it('share a member without a way across', async () => {
    const second = Number(other.headers['X-OrganizeID']);
    const unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: ['both'],
      role: 'WRITER',
      password: 'Pass1234',
    });
    await unitOfWork.run(() =>
      unitOfWork.manager.query(
        `INSERT INTO organization_member (organization_id, member_id, role, valid, created_at, created_by, modified_at, modified_by)
         SELECT ${second}, id, 'OWNER', 1, 0, 'x', 0, 'x' FROM member WHERE account = 'both'`,
      ),
    );
    const session = await flagpost.anonymous.login('both', 'Pass1234');
    expect((await session.ok('GET', '/api/members/current')).role).toBe('WRITER');
    const elsewhere = await flagpost.anonymous.ok('POST', '/api/login', {
      account: 'both',
      password: 'Pass1234',
      organizationId: String(second),
    });
    expect(elsewhere).toMatchObject({ organizeId: second, role: 'OWNER' });
    const { token } = await session.ok('POST', '/api/tokens', { name: 'in the first', type: 'PERSON' });
    expect((await other.patch('/api/members', { account: 'both', password: 'Taken-over' })).status).toBe(403);
    expect((await other.delete('/api/members', { account: 'both' })).body).not.toHaveProperty('role');
    const rest = await flagpost.anonymous.post('/api/login', {
      account: 'both',
      password: 'Pass1234',
      organizationId: String(second),
    });
    expect(rest.status).toBe(403);
    const tokenOfFirst = new ApiClient(flagpost.baseUrl, { Authorization: token });
    expect((await tokenOfFirst.ok('GET', '/api/members/current')).organizationId).toBe(1);
    await flagpost.owner.ok('PATCH', '/api/members', { account: 'both', password: 'Pass5678' });
    await flagpost.owner.ok('DELETE', '/api/members', { account: 'both' });
    expect((await tokenOfFirst.get('/api/members/current')).status).toBe(403);
  });

  it('hear nothing of each other live, and can’t go on where the other was', async () => {
    const live = await StreamClient.open(other);
    await flagpost.owner.ok('PATCH', '/api/projects/vault', { description: `${SECRET} change` });
    await other.ok('POST', '/api/projects', { name: 'Own', key: 'own' });
    const [first] = await live.waitFor(1);
    expect(first!.data.projectKey).toBe('own');
    live.close();
    const misplaced = { ...other.headers, 'Last-Event-ID': fixtures.eventId };
    const refused = await new ApiClient(flagpost.baseUrl, misplaced).get('/api/events/stream');
    expect([refused.status, refused.body.code]).toEqual([400, 'not_found']);
    await other.ok('DELETE', '/api/projects/own');
  });

  it('use the same keys and names without touching each other', async () => {
    const before = await dump();
    const twin = await other.ok('POST', '/api/projects', { name: `${SECRET} project`, key: 'vault' });
    expect(twin.key).toBe('vault');
    const path = '/api/projects/vault/environments/online';
    const toggle = { returnType: 'boolean', clientAvailability: true, disabledServe: 0 };
    const variations = [{ value: 'false' }, { value: 'true' }];
    await other.ok('POST', '/api/projects/vault/toggles', {
      ...toggle,
      variations,
      name: 'hidden',
      key: 'hidden',
    });
    await other.ok('PATCH', `${path}/toggles/hidden/targeting`, { disabled: false });
    await other.ok('POST', '/api/projects/vault/segments', { name: `${SECRET} segment`, key: 'elite' });
    await other.ok('PATCH', '/api/projects/vault/segments/elite/publish', { rules: [] });
    await other.ok('DELETE', '/api/projects/vault/segments/elite');
    await other.ok('PATCH', path, { resetServerSdk: true });
    await other.ok('DELETE', '/api/projects/vault');
    expect(await dump()).toEqual(before);
    expect((await flagpost.owner.ok('GET', '/api/projects/vault')).environments).toHaveLength(1);
    const feed = await flagpost.owner.ok('GET', '/api/events?operator=stranger');
    expect(feed.content).toEqual([]);
  });
});
