import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { WebhookEndpoint } from './webhook-endpoint.js';

const TARGET = {
  id: 5,
  organizationId: 1,
  url: 'https://hooks.example.com/fp',
  timeoutMs: 1000,
  maxInFlight: 3,
  maxPerSecond: null,
  ordering: 'RESOURCE' as const,
  sealedSecret: null,
  sealedPreviousSecret: null,
  previousSecretUntil: null,
  asymmetricSignature: false,
  sealedHeaders: null,
};

const AT = Math.floor(Date.now() / 1000) * 1000 + 999;

const TRY = {
  deliveryId: 'delivery-1',
  number: 2,
  at: AT,
  message: {
    id: 'message-1',
    organizationId: 1,
    eventId: 'event-1',
    eventName: 'TOGGLE.PUBLISH',
    contentType: 'application/json; charset=utf-8',
    body: '{"action":"PUBLISH"}',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
};

describe(WebhookEndpoint.name, () => {
  it('sends all headers of the contract, spelled as there', () => {
    const headers = new WebhookEndpoint(TARGET, { secret: 'secret' }, { 'X-Extra': 'a' }).headersFor(TRY);
    expect(headers).toEqual({
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'FeatureProbe-Webhook/1.0',
      'X-FeatureProbe-Sign': '4JJ6blG88BHsL4l8KMvmZQYor58=',
      'X-FeatureProbe-Event': 'TOGGLE.PUBLISH',
      'X-FeatureProbe-Delivery': 'delivery-1',
      'X-FeatureProbe-Attempt': '2',
      'webhook-id': 'event-1',
      'webhook-timestamp': String(Math.floor(AT / 1000)),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      traceparent: TRY.message.traceparent,
      'X-Extra': 'a',
    });
    expect(new Webhook('secret', { format: 'raw' }).verify(TRY.message.body, headers)).toBeTruthy();
  });

  it('signs nothing without a secret, and sends no trace where there is none', () => {
    const untraced = { ...TRY, message: { ...TRY.message, traceparent: null } };
    const names = Object.keys(new WebhookEndpoint(TARGET, { secret: '' }, {}).headersFor(untraced));
    expect(names).not.toContain('X-FeatureProbe-Sign');
    expect(names).not.toContain('webhook-signature');
    expect(names).not.toContain('traceparent');
    expect(names).toHaveLength(7);
  });

  it('masks the values of extra headers, and nothing else', () => {
    const endpoint = new WebhookEndpoint(
      TARGET,
      { secret: 'secret' },
      { Authorization: 'Bearer x', 'X-B': 'y' },
    );
    const headers = endpoint.headersFor(TRY);
    expect(endpoint.withoutSecrets(headers)).toEqual({ ...headers, Authorization: '***', 'X-B': '***' });
    expect(headers['Authorization']).toBe('Bearer x');
  });
});
