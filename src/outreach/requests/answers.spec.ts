import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channel,
  customTouchpoint,
  ORDER_ID,
  ORDER_NO,
  receiptTouchpoint,
} from '../../../test/support/sample-touchpoints.js';
import type { DeliveryEnd } from '../../delivery/index.js';
import { ANSWER_LIMIT, shortReason } from './answer-body.js';
import { readReach, readReceipt, type Reading } from './answers.js';

const GIDS = new Set([1, 2, 3]);

const end = (answer?: string | Buffer, fields: Partial<DeliveryEnd> = {}): DeliveryEnd => ({
  endpointId: 7,
  deliveryId: 'delivery',
  eventId: ORDER_ID,
  eventName: 'OUTREACH.REACH',
  status: 'SUCCEEDED',
  statusCode: 200,
  answer: typeof answer === 'string' ? Buffer.from(answer) : answer,
  at: 1,
  ...fields,
});

const FAILED_END = { status: 'FAILED', reason: 'answered 500 Internal Server Error' } as const;

const listing = (sendStatusList: unknown, more: object = {}): DeliveryEnd =>
  end(JSON.stringify({ code: 0, orderNo: ORDER_NO, sendStatusList, ...more }));

const reach = (ended: DeliveryEnd): Reading => readReach(customTouchpoint(), ended, GIDS);
const receipt = (ended: DeliveryEnd): Reading => readReceipt(receiptTouchpoint(), ended, GIDS);

const SUCCEEDED = { status: 'SUCCEEDED' };
const failed = (reason: string): object => ({ status: 'FAILED', reason });
const allFailed = (reason: string): object => ({ kind: 'all', result: failed(reason) });

/** Answers that tell nothing of any user, and why. */
const WORTHLESS: [string, DeliveryEnd, string][] = [
  ['a request that failed', end(undefined, FAILED_END), 'answered 500 Internal Server Error'],
  ['a request that failed without a reason', end(undefined, { status: 'FAILED' }), 'the request failed'],
  ['no answer', end(), 'the answer has no body'],
  ['an empty body', end(' \n'), 'the answer has no body'],
  ['a body that is not JSON', end('<html>ok</html>'), 'the answer is not JSON'],
  ['JSON that broke off', end('{"code":0,"orderNo":'), 'the answer is not JSON'],
  ['a body cut off', end(Buffer.alloc(ANSWER_LIMIT, '{"a":"')), 'the answer is longer than 1 MiB'],
  ['a list', end('[]'), 'the answer is no JSON object'],
  ['null', end('null'), 'the answer is no JSON object'],
  ['no code', end(`{"orderNo":"${ORDER_NO}"}`), 'the answer has no "code" that is an integer'],
  ['a code as text', listing([], { code: '0' }), 'the answer has no "code" that is an integer'],
  ['a code that is not whole', listing([], { code: 0.5 }), 'the answer has no "code" that is an integer'],
  ['another code', listing([{ gid: 1, status: 'TOU_SUCC' }], { code: 9, message: 'busy' }), 'code 9: busy'],
  ['another code alone', end('{"code":9}'), 'code 9'],
  ['no orderNo', end('{"code":0,"sendStatusList":[]}'), 'the answer has no "orderNo"'],
  [
    'another orderNo',
    listing([{ gid: 1, status: 'TOU_SUCC' }], { orderNo: ORDER_NO.toUpperCase() }),
    'the "orderNo" of the answer is that of another request',
  ],
  ['no list', listing(undefined), 'the answer has no "sendStatusList"'],
  ['a list that is none', listing({ gid: 1, status: 'TOU_SUCC' }), 'the answer has no "sendStatusList"'],
];

/** Lists of results, what each says of user 1, and what is noted besides. */
const LISTS: [string, unknown[], object | undefined, string?][] = [
  ['a success', [{ gid: 1, status: 'TOU_SUCC', errorMsg: 'x' }], SUCCEEDED],
  ['a failure', [{ gid: 1, status: 'TOU_FAIL', errorMsg: ' no\nphone ' }], failed('no phone')],
  ['a failure without words', [{ gid: 1, status: 'TOU_FAIL' }], failed('TOU_FAIL, without an errorMsg')],
  [
    'a failure with an object',
    [{ gid: 1, status: 'TOU_FAIL', errorMsg: {} }],
    failed('TOU_FAIL, without an errorMsg'),
  ],
  ['an unknown status', [{ gid: 1, status: 'tou_succ' }], failed('unknown status tou_succ')],
  ['no status', [{ gid: 1 }], failed('the result has no status')],
  ['a gid as its digits', [{ gid: '1', status: 'TOU_SUCC' }], SUCCEEDED],
  [
    'gids of others',
    [1e20, '9007199254740993', -1, 4].map((gid) => ({ gid, status: 'TOU_SUCC' })),
    undefined,
    'results for users who were not sent: 4',
  ],
  [
    'entries that are nobody',
    [null, 'TOU_SUCC', 1, [], {}, { gid: 1.5, status: 'TOU_SUCC' }, { gid: '01', status: 'TOU_SUCC' }],
    undefined,
    'entries without a gid: 7',
  ],
  [
    'the same twice',
    [
      { gid: 1, status: 'TOU_SUCC' },
      { gid: '1', status: 'TOU_SUCC' },
    ],
    SUCCEEDED,
  ],
  [
    'two failures',
    [
      { gid: 1, status: 'TOU_FAIL', errorMsg: 'first' },
      { gid: 1, status: 'TOU_FAIL', errorMsg: 'second' },
    ],
    failed('first'),
  ],
  ...[
    ['TOU_SUCC', 'TOU_FAIL', 'TOU_SUCC'],
    ['TOU_FAIL', 'TOU_SUCC', 'TOU_SUCC'],
    ['TOU_SUCC', 'odd'],
  ].map((statuses): [string, unknown[], object] => [
    `a contradiction, ${statuses.join(', ')}`,
    statuses.map((status) => ({ gid: 1, status })),
    failed('contradictory results for this user'),
  ]),
  ['nobody', [], undefined],
];

describe(readReach.name, () => {
  it.each(WORTHLESS)('with %s: all have failed', (_name, ended, reason) => {
    expect(reach(ended)).toEqual(allFailed(reason));
  });

  it.each(LISTS)('with %s', (_name, list, result, note) => {
    const results = new Map(result ? [[1, result]] : []);
    expect(reach(listing(list))).toEqual({ kind: 'each', results, missing: 'no result for this user', note });
  });

  it('of a channel: all succeed or fail together, whatever the body', () => {
    expect(readReach(channel(), end('<html>'), GIDS)).toEqual({ kind: 'all', result: SUCCEEDED });
    expect(readReach(channel(), end('', FAILED_END), GIDS)).toEqual(
      allFailed('answered 500 Internal Server Error'),
    );
  });

  it('of one with receipts: accepted, though it should list results', () => {
    const accepted = (ended: DeliveryEnd): Reading => readReach(receiptTouchpoint(), ended, GIDS);
    expect(accepted(listing(undefined))).toEqual({ kind: 'accepted' });
    expect(accepted(listing([{ gid: 1, status: 'TOU_FAIL' }]))).toEqual({ kind: 'accepted' });
    expect(accepted(end('{"code":0}'))).toEqual(allFailed('the answer has no "orderNo"'));
    expect(accepted(end('', FAILED_END))).toEqual(allFailed('answered 500 Internal Server Error'));
  });

  it('reads an answer that begins with a byte order mark', () => {
    const body = `\ufeff${JSON.stringify({ code: 0, orderNo: ORDER_NO, sendStatusList: [] })}`;
    expect(reach(end(body))).toMatchObject({ kind: 'each' });
  });
});

describe(readReceipt.name, () => {
  it.each(WORTHLESS)('with %s: nobody has a result, all are waited for on', (_name, ended, reason) => {
    expect(receipt(ended)).toEqual({ kind: 'each', results: new Map(), note: reason });
  });

  it.each(LISTS)('with %s: others are waited for on', (_name, list, result, note) => {
    const results = new Map(result ? [[1, result]] : []);
    expect(receipt(listing(list))).toEqual({ kind: 'each', results, missing: undefined, note });
  });
});

describe('any answer', () => {
  it('makes nobody succeed whom it does not plainly say so of', () => {
    const status = fc.oneof(fc.constantFrom('TOU_SUCC', 'TOU_FAIL', 'TOU_SUCC '), fc.jsonValue());
    const gid = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('1', '2', ' 3'), fc.jsonValue());
    const entry = fc.oneof(fc.record({ gid, status, errorMsg: fc.jsonValue() }), fc.jsonValue());
    const list = fc.oneof(fc.array(entry, { maxLength: 8 }), fc.jsonValue());
    fc.assert(
      fc.property(list, fc.constantFrom(0, 0, 0, 1), (sendStatusList, code) => {
        const reading = reach(listing(sendStatusList, { code }));
        if (reading.kind !== 'each') {
          expect(reading).toMatchObject({ result: { status: 'FAILED' } });
          return;
        }
        for (const [user, result] of reading.results) {
          expect(GIDS).toContain(user);
          if (result.status === 'FAILED') {
            expect(result.reason.length).toBeGreaterThan(0);
            expect(result.reason.length).toBeLessThanOrEqual(255);
            continue;
          }
          const own = (sendStatusList as ({ gid?: unknown; status?: unknown } | null)[]).filter(
            (one) => one?.gid === user || one?.gid === String(user),
          );
          expect(own).not.toHaveLength(0);
          expect(own.every((one) => one?.status === 'TOU_SUCC')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe(shortReason.name, () => {
  it.each([
    [' a \t\u0000 b ', 'a b'],
    [404, '404'],
    [null, ''],
    [['x'], ''],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['x'.repeat(256), `${'x'.repeat(254)}…`],
    [`${'x'.repeat(253)}😀😀`, `${'x'.repeat(253)}…`],
  ])('%j', (words, kept) => {
    expect(shortReason(words)).toBe(kept);
  });
});
