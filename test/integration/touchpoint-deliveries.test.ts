import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryPlanner, Endpoints } from '../../src/delivery/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { addOrganization } from '../support/second-organization.js';

// Nothing is sent: this is about what the routes of webhooks' deliveries make of others'.
describe.each(DATABASES)('deliveries of touchpoints on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
  });
  afterAll(async () => {
    await flagpost.stop();
  });

  const inUnit = <T>(work: () => Promise<T>): Promise<T> => flagpost.app.get(UnitOfWork).run(work);

  /** A request to a touchpoint, as outreach plans them. */
  async function reach(): Promise<{ id: number; deliveryId: string }> {
    const [planner, endpoints] = [DeliveryPlanner, Endpoints].map((type) =>
      flagpost.app.get(type, { strict: false }),
    ) as [DeliveryPlanner, Endpoints];
    return inUnit(async () => {
      const id = await endpoints.register(1, 'REACH');
      const [planned] = await planner.plan([
        {
          organizationId: 1,
          eventId: 'order',
          eventName: 'OUTREACH.REACH',
          orderingKey: 'order',
          sequence: 1,
          subject: '',
          contentType: 'application/json',
          body: '{"dataList":[]}',
          traceparent: undefined,
          targets: [{ endpointId: id, ordering: 'NONE', retryForMs: 60_000 }],
        },
      ]);
      return { id, deliveryId: planned?.deliveryId ?? '' };
    });
  }

  it('are shown one by one, to members of their organization, and are no webhook’s', async () => {
    const { id, deliveryId } = await reach();
    const shown = await owner.ok('GET', `/api/deliveries/${deliveryId}`);
    expect(shown).toMatchObject({
      touchpointId: id,
      event: 'OUTREACH.REACH',
      eventId: 'order',
      status: 'PENDING',
      request: { headers: {}, body: '{"dataList":[]}' },
      attempts: [],
    });
    expect(shown).not.toHaveProperty('webhookId');
    const outsider = await addOrganization(flagpost, 'outsider@example.com');
    expect((await outsider.get(`/api/deliveries/${deliveryId}`)).body.code).toBe('not_found');
    expect((await owner.get(`/api/webhooks/${id}/deliveries`)).body.code).toBe('not_found');
    const refused = await owner.post(`/api/deliveries/${deliveryId}/redeliver`);
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('touchpoint') },
    });
  });

  it('stay what they are when their touchpoint is gone', async () => {
    const { id, deliveryId } = await reach();
    await inUnit(() => flagpost.app.get(Endpoints, { strict: false }).remove(id, 'deleted'));
    const shown = await owner.ok('GET', `/api/deliveries/${deliveryId}`);
    expect(shown).toMatchObject({ event: 'OUTREACH.REACH', status: 'CANCELED', lastError: 'deleted' });
    expect(shown).not.toHaveProperty('webhookId');
    expect((await owner.get(`/api/webhooks/${id}/deliveries`)).body.code).toBe('not_found');
    expect((await owner.post(`/api/deliveries/${deliveryId}/redeliver`)).status).toBe(400);
  });
});
