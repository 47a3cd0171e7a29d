import { PROJECT_KEY, type Stamps } from './sample-data.js';

const TOUCHPOINT_ID = 12;

export function touchpoint({ by, at }: Stamps, status: 'ENABLED' | 'DISABLED'): object {
  return {
    id: TOUCHPOINT_ID,
    name: 'Coupons',
    kind: 'TOUCHPOINT',
    type: 'BENEFIT',
    url: 'https://coupons.example.com/reach',
    status,
    receipts: { mode: 'SYNC' },
    batchSize: 500,
    userAttributes: [{ attribute: 'userId', name: 'memberId' }],
    templateParams: [{ name: 'amount', displayName: 'Amount', type: 'NUMBER', required: true }],
    timeoutMs: 5000,
    maxInFlight: 10,
    projectKeys: [PROJECT_KEY],
    createdBy: by,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}

export function campaign({ by, at }: Stamps, status: string): object {
  return {
    id: 7,
    name: 'Birthday coupon',
    projectKey: PROJECT_KEY,
    status,
    segmentKey: 'birthday_today',
    steps: [{ touchpointId: TOUCHPOINT_ID }],
    mode: 'ALL',
    templateValues: { amount: 100 },
    trigger: { type: 'ONCE', at: '2026-12-01T09:00:00.000Z' },
    createdBy: by,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}
