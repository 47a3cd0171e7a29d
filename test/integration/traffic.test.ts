import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const ENVIRONMENTS = '/api/projects/shop/environments';
const TOGGLE = `${ENVIRONMENTS}/online/toggles/t`;
const NO_TRAFFIC = { isAccess: false, traffic: [], summary: [] };

describe.each(DATABASES)('traffic on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    const variations = [{ value: 'false' }, { value: 'true' }];
    const common = { clientAvailability: true, returnType: 'boolean', disabledServe: 0, variations };
    await owner.ok('POST', '/api/projects/shop/toggles', { key: 't', name: 't', ...common });
  });

  afterAll(() => flagpost.stop());

  it.each([
    '',
    '?trafficType=NAME&lastHours=24',
    '?trafficType=VALUE&lastHours=168',
    '?trafficType=&lastHours=',
  ])('is none for %j, as long as no SDK reports', async (query) => {
    expect(await owner.ok('GET', `${TOGGLE}/traffic${query}`)).toEqual(NO_TRAFFIC);
  });

  it.each(['trafficType=KEY', 'lastHours=289', 'lastHours=0', 'lastHours=x'])(
    'is not asked for with %s',
    async (query) => {
      const { status, body } = await owner.get(`${TOGGLE}/traffic?${query}`);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      expect(body.message).toContain(query.split('=')[0]);
    },
  );

  it.each(['', '?sdkType=Java', '?sdkType=DotNet', '?sdkType=undefined', '?sdkType='])(
    'says of %j that no SDK was here',
    async (query) => {
      expect(await owner.ok('GET', `${TOGGLE}/access${query}`)).toEqual({ isAccess: false });
    },
  );

  it('needs a toggle and a live environment', async () => {
    for (const place of ['online/toggles/none', 'none/toggles/t']) {
      for (const route of ['traffic', 'access'])
        expect((await owner.get(`${ENVIRONMENTS}/${place}/${route}`)).body.code).toBe('not_found');
    }
  });
});
