import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../events/index.js';
import { planDeliveries, type Subscriber } from './delivery-plans.js';

const EVENT: DomainEvent = {
  id: 'event-1',
  organizationId: 1,
  sequence: 7,
  resource: 'ENVIRONMENT',
  action: 'UPDATE',
  name: 'ENVIRONMENT.UPDATE',
  operator: 'Admin',
  timestamp: 1795313729900,
  keys: { projectKey: 'Shop', environmentKey: 'online' },
  dataJson: '{"clientSdkKey":"client-1234","key":"online"}',
  changes: undefined,
  orderingKey: 'project:Shop',
  traceparent: undefined,
};

function subscriber(id: number, maskSdkKeys = false): Subscriber {
  return { id, ordering: 'RESOURCE', retryForHours: 72, maskSdkKeys };
}

describe(planDeliveries.name, () => {
  it('makes one message for all who take the same form', () => {
    const plans = planDeliveries(EVENT, [
      subscriber(1),
      { ...subscriber(2), ordering: 'NONE', retryForHours: 1 },
    ]);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatchObject({
      organizationId: 1,
      eventId: 'event-1',
      eventName: 'ENVIRONMENT.UPDATE',
      orderingKey: 'project:Shop',
      sequence: 7,
      contentType: 'application/json; charset=utf-8',
      targets: [
        { endpointId: 1, ordering: 'RESOURCE', retryForMs: 259_200_000 },
        { endpointId: 2, ordering: 'NONE', retryForMs: 3_600_000 },
      ],
    });
  });

  it('makes a second message for those who want SDK keys masked', () => {
    const [plain, masked] = planDeliveries(EVENT, [subscriber(1, true), subscriber(2), subscriber(3, true)]);
    expect(plain?.body).toContain('client-1234');
    expect(plain?.targets.map(({ endpointId }) => endpointId)).toEqual([2]);
    expect(masked?.body).not.toContain('client-1234');
    expect(masked?.targets.map(({ endpointId }) => endpointId)).toEqual([1, 3]);
  });

  it('knows that the two forms are one where there is no SDK key', () => {
    const plans = planDeliveries({ ...EVENT, resource: 'TOGGLE' }, [subscriber(1, true), subscriber(2)]);
    expect(plans).toHaveLength(1);
    expect(plans[0]?.targets).toHaveLength(2);
  });
});
