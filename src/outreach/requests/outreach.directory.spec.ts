import { beforeEach, describe, expect, it, vi } from 'vitest';
import { channel, customTouchpoint, receiptTouchpoint } from '../../../test/support/sample-touchpoints.js';
import type { DeliveryEnd, EndpointOwners } from '../../delivery/index.js';
import type { Touchpoint, Touchpoints } from '../touchpoints/touchpoint.js';
import type { BatchResults } from './batch-results.js';
import { OutreachDirectory } from './outreach.directory.js';

const [CHANNEL, SYNC, ASYNC, OFF] = [
  channel({}, { id: 1 }),
  customTouchpoint({}, { id: 2 }),
  receiptTouchpoint({ id: 3, receiptEndpointId: 30 }),
  receiptTouchpoint({ id: 4, receiptEndpointId: 40, status: 'DISABLED' }),
];
const ALL = [CHANNEL, SYNC, ASYNC, OFF];

const by = (idOf: (touchpoint: Touchpoint) => number | undefined) => (ids: readonly number[]) =>
  Promise.resolve(
    new Map(
      ALL.filter((touchpoint) => ids.includes(idOf(touchpoint) ?? 0)).map((one) => [
        idOf(one) as number,
        one,
      ]),
    ),
  );

const calls: string[] = [];
const noting =
  (name: string) =>
  (...values: unknown[]): Promise<void> => {
    calls.push(`${name} ${JSON.stringify(values)}`);
    return Promise.resolve();
  };

const touchpoints = {
  load: vi.fn(by(({ id }) => id)),
  ofReceiptEndpoints: vi.fn(by(({ receiptEndpointId }) => receiptEndpointId)),
  disableBySystem: noting('disable'),
};
const results = { reached: noting('reached'), receipted: noting('receipted'), abandon: noting('abandon') };
const owners = { register: vi.fn() };

const directory = new OutreachDirectory(
  owners as unknown as EndpointOwners,
  touchpoints as unknown as Touchpoints,
  results as unknown as BatchResults,
);

beforeEach(() => {
  calls.splice(0);
  vi.clearAllMocks();
});

describe(OutreachDirectory.name, () => {
  it('owns the two kinds', () => {
    directory.onModuleInit();
    expect(owners.register.mock.calls).toEqual([[['REACH', 'RECEIPT'], directory]]);
  });

  it('loads endpoints of both kinds, of enabled touchpoints, by two calls', async () => {
    const endpoints = await directory.load([1, 2, 3, 4, 5, 30, 40]);
    expect([...endpoints].map(([id, endpoint]) => [id, endpoint.id, endpoint.url])).toEqual([
      [1, 1, 'http://127.0.0.1:9/hook'],
      [2, 2, 'http://127.0.0.1:9/hook'],
      [3, 3, 'http://127.0.0.1:9/hook'],
      [30, 30, 'http://127.0.0.1:9/receipts'],
    ]);
    expect(touchpoints.load).toHaveBeenCalledTimes(1);
    expect(touchpoints.ofReceiptEndpoints.mock.calls).toEqual([[[5, 30, 40]]]);
  });

  it('asks no more than it has to', async () => {
    expect(await directory.load([])).toEqual(new Map());
    expect(touchpoints.load).not.toHaveBeenCalled();
    await directory.load([1, 2]);
    expect(touchpoints.ofReceiptEndpoints).not.toHaveBeenCalled();
  });

  it.each([
    [3, 3],
    [30, 3],
  ])(
    'disables by the endpoint %i the touchpoint %i, after giving up who waits for it',
    async (id, touchpoint) => {
      await directory.disable(id, 'why');
      expect(calls).toEqual([`abandon [${touchpoint},"why"]`, `disable [${touchpoint},"why"]`]);
    },
  );

  it('disables nothing for an endpoint that is gone', async () => {
    await directory.disable(99, 'why');
    expect(calls).toEqual([]);
  });

  it('hands ends on by what was asked', async () => {
    const end = (eventName: string): DeliveryEnd => ({ eventName }) as DeliveryEnd;
    await directory.ended([end('OUTREACH.REACH'), end('OUTREACH.RECEIPT'), end('OUTREACH.REACH'), end('X')]);
    expect(calls).toEqual([
      'reached [[{"eventName":"OUTREACH.REACH"},{"eventName":"OUTREACH.REACH"}]]',
      'receipted [[{"eventName":"OUTREACH.RECEIPT"}]]',
    ]);
    calls.splice(0);
    await directory.ended([end('X')]);
    expect(calls).toEqual([]);
  });
});
