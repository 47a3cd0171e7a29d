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
  return {
    id,
    ordering: 'RESOURCE',
    retryForHours: 72,
    format: 'FEATUREPROBE',
    template: null,
    templateContentType: null,
    maskSdkKeys,
  };
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
    const [masked, plain] = planDeliveries(EVENT, [subscriber(1, true), subscriber(2), subscriber(3, true)]);
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

  it('makes one message for all who have the same template, and one for each other form', () => {
    const templated = (id: number, template: string): Subscriber => ({
      ...subscriber(id),
      format: 'TEMPLATE',
      template,
    });
    const plans = planDeliveries(EVENT, [
      templated(1, '{"a":"{{summary}}"}'),
      { ...subscriber(2), format: 'CLOUDEVENTS' },
      templated(3, '{"a":"{{summary}}"}'),
      templated(4, '{"b":"{{summary}}"}'),
      { ...templated(5, '{"a":"{{summary}}"}'), templateContentType: 'text/plain' },
      { ...templated(6, 'slack'), templateContentType: 'text/plain' },
      templated(7, 'slack'),
    ]);
    expect(plans.map(({ targets }) => targets.map(({ endpointId }) => endpointId))).toEqual([
      [1, 3],
      [2],
      [4],
      [5],
      [6, 7],
    ]);
    expect(plans.map(({ contentType }) => contentType.split(';')[0])).toEqual([
      'application/json',
      'application/cloudevents+json',
      'application/json',
      'text/plain',
      'application/json',
    ]);
  });

  it('plans as failed what a template cannot make of the event, and the rest as ever', () => {
    const failing: Subscriber = { ...subscriber(1), format: 'TEMPLATE', template: '{"n":{{data.key}}}' };
    const [failed, fine] = planDeliveries(EVENT, [failing, subscriber(2)]);
    expect(failed).toMatchObject({ body: '', targets: [{ endpointId: 1 }] });
    expect(failed?.failure).toMatch(/^template gives no valid JSON for ENVIRONMENT\.UPDATE/);
    expect(fine?.failure).toBeUndefined();
    expect(fine?.targets).toHaveLength(1);
  });

  it('masks SDK keys in templates, too', () => {
    const changes = [{ path: '/clientSdkKey', from: 'client-0000', to: 'client-1234' }];
    const templated: Subscriber = { ...subscriber(1), format: 'TEMPLATE', template: '{{{json}}}' };
    const [whole] = planDeliveries({ ...EVENT, changes }, [templated]);
    const [masked] = planDeliveries({ ...EVENT, changes }, [{ ...templated, maskSdkKeys: true }]);
    expect(whole?.body.match(/client-\d+/g)).toEqual(['client-0000', 'client-1234', 'client-1234']);
    expect(masked?.body).not.toMatch(/client-\d/);
  });
});
