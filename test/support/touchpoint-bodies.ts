import type { Json } from './api-client.js';

/** What a custom touchpoint needs to be made. */
export function touchpointBody(fields: Json = {}): Json {
  return {
    name: 'Coupons',
    kind: 'TOUCHPOINT',
    type: 'BENEFIT',
    url: 'http://127.0.0.1:9/reach',
    userAttributes: [{ attribute: 'userId', name: 'memberId' }],
    templateParams: [{ name: 'amount', type: 'NUMBER' }],
    ...fields,
  };
}

/** What a webhook channel needs to be made. */
export function channelBody(fields: Json = {}): Json {
  return { name: 'Dove coupon centre', kind: 'CHANNEL', url: 'http://127.0.0.1:9/hook', ...fields };
}
