import type { TouchpointConfig } from '../../src/outreach/touchpoints/touchpoint-config.js';
import type { Touchpoint } from '../../src/outreach/touchpoints/touchpoint.js';

const LIMITS = { batchSize: 500, timeoutMs: 2000, maxInFlight: 10 };

/** An `orderId`, and the `orderNo` that follows from it: that of the contract's sample. */
export const ORDER_ID = '1f1d0ea0-c457-453a-b3c8-0ed376e5c66c';
export const ORDER_NO = '1f1d0ea0c457453ab3c80ed376e5c66c';

/** A webhook channel without attributes, parameters and secret, but for what is said. */
export function channel(
  config: Partial<TouchpointConfig> = {},
  fields: Partial<Touchpoint> = {},
): Touchpoint {
  return {
    id: 7,
    organizationId: 1,
    kind: 'CHANNEL',
    name: 'Dove coupon centre',
    url: 'http://127.0.0.1:9/hook',
    status: 'ENABLED',
    secret: '',
    config: { ...LIMITS, auth: { type: 'NONE' }, userAttributes: [], templateParams: [], ...config },
    ...fields,
  };
}

/** A custom touchpoint that answers with results and has no token, attributes and parameters, but for what is said. */
export function customTouchpoint(
  config: Partial<TouchpointConfig> = {},
  fields: Partial<Touchpoint> = {},
): Touchpoint {
  return {
    ...channel(),
    kind: 'TOUCHPOINT',
    type: 'BENEFIT',
    config: { ...LIMITS, receipts: { mode: 'SYNC' }, userAttributes: [], templateParams: [], ...config },
    ...fields,
  };
}

/** One that is asked for receipts, through the engine's endpoint 8. */
export function receiptTouchpoint(fields: Partial<Touchpoint> = {}): Touchpoint {
  const receipts = { mode: 'ASYNC', url: 'http://127.0.0.1:9/receipts', timeoutMinutes: 60 } as const;
  return customTouchpoint({ receipts }, { receiptEndpointId: 8, ...fields });
}
