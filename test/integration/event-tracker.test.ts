import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../src/platform/clock/clock.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const EVENTS = '/api/projects/shop/environments/online/events';
const HALF_AN_HOUR = 30 * 60 * 1000;
const OFF = {
  projectKey: 'shop',
  environmentKey: 'online',
  debuggerEnabled: false,
  debugUntilTime: 0,
  events: [],
};

describe.each(DATABASES)('the event tracker on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let sdkKey: string;
  let clock: ShiftedClock;

  beforeAll(async () => {
    clock = new ShiftedClock();
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: 'token' }, { clock });
    owner = flagpost.owner;
    const project = await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    sdkKey = project.environments[0].serverSdkKey;
  });

  afterAll(() => flagpost.stop());

  const read = (): Promise<Json> => owner.ok('GET', `${EVENTS}?uuid=3f6a2c1e`);
  const turn = (enabled: boolean): Promise<Json> =>
    owner.ok('PATCH', `${EVENTS}/tracker-status`, { enabled });

  const repository = (): Promise<Json> =>
    new ApiClient(flagpost.baseUrl, { Authorization: sdkKey }).ok(
      'GET',
      '/internal/server/toggles?token=token',
    );

  it('is off until it is switched on, for half an hour, which SDKs are told', async () => {
    expect(await read()).toEqual(OFF);
    const { version, debugUntilTime } = await repository();
    expect(debugUntilTime).toBeUndefined();
    const before = clock.now();
    expect(await turn(true)).toEqual({ message: 'success' });
    const on = await read();
    expect(on).toEqual({ ...OFF, debuggerEnabled: true, debugUntilTime: expect.any(Number) });
    expect(on.debugUntilTime).toBeGreaterThanOrEqual(before + HALF_AN_HOUR);
    expect(on.debugUntilTime).toBeLessThanOrEqual(clock.now() + HALF_AN_HOUR);
    expect(await repository()).toMatchObject({ version: version + 1, debugUntilTime: on.debugUntilTime });
  });

  it('is switched off', async () => {
    await turn(true);
    const { version } = await repository();
    expect(await turn(false)).toEqual({ message: 'success' });
    expect(await read()).toEqual(OFF);
    const after = await repository();
    expect([after.version, 'debugUntilTime' in after]).toEqual([version + 1, false]);
  });

  it('ends by itself', async () => {
    await turn(true);
    clock.shift = HALF_AN_HOUR + 1;
    expect(await read()).toEqual(OFF);
    expect(await repository()).not.toHaveProperty('debugUntilTime');
  });

  it('needs a live environment and a clear word', async () => {
    const elsewhere = EVENTS.replace('online', 'none');
    expect((await owner.get(elsewhere)).body.code).toBe('not_found');
    const status = await owner.patch(`${elsewhere}/tracker-status`, { enabled: true });
    expect(status.body.code).toBe('not_found');
    for (const body of [{}, { enabled: 'yes' }, { enabled: null }]) {
      const answer = await owner.patch(`${EVENTS}/tracker-status`, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toContain('enabled');
    }
  });
});

class ShiftedClock extends Clock {
  shift = 0;

  override now(): number {
    return super.now() + this.shift;
  }
}
