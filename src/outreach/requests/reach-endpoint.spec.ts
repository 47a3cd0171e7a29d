import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  channel,
  customTouchpoint,
  ORDER_ID,
  ORDER_NO,
  receiptTouchpoint,
} from '../../../test/support/sample-touchpoints.js';
import { bytesOf, type Endpoint, type Message } from '../../delivery/index.js';
import type { ChannelAuth } from '../touchpoints/touchpoint-config.js';
import { compileBodies, receiptBody } from './reach-bodies.js';
import { ReachEndpointFactory } from './reach-endpoint-factory.js';
import { ReachEndpoint, ReceiptEndpoint } from './reach-endpoint.js';

const AT = 1_664_590_280_000;

const message = (body: string, fields: Partial<Message> = {}): Message => ({
  id: 'message',
  organizationId: 1,
  eventId: ORDER_ID,
  eventName: 'OUTREACH.REACH',
  contentType: 'application/json',
  body,
  traceparent: null,
  ...fields,
});

/** As the engine does it, with bytes that were made of the stored body before. */
function send(endpoint: Endpoint, stored: Message): { body: string; headers: Record<string, string> } {
  bytesOf(stored);
  const sent = endpoint.messageAt?.(stored, AT) ?? stored;
  const headers = endpoint.headersFor({ deliveryId: 'delivery-1', number: 2, at: AT, message: sent });
  return { body: bytesOf(sent).toString(), headers };
}

const SAMPLE =
  '{"timeStamp":1664590280000,"orderNo":"1f1d0ea0c457453ab3c80ed376e5c66c",SIGN"dataList":[{"gid":123,"temData":{"startDate":"2022-10-01","endDate":"2022-10-07","title":"Birthday coupon, member 01","amount":100},"dynamicData":{"memberId":"01","phone":"13012345678"}}]}';

function sampleRequest(token: string): string {
  const touchpoint = customTouchpoint(
    {
      userAttributes: [
        { attribute: 'memberId', name: 'memberId' },
        { attribute: 'phone', name: 'phone' },
      ],
      templateParams: [
        { name: 'startDate', type: 'DATE' },
        { name: 'endDate', type: 'DATE' },
        { name: 'title', type: 'TEXT' },
        { name: 'amount', type: 'NUMBER' },
      ],
    },
    { secret: token },
  );
  const body = compileBodies(touchpoint, {
    startDate: '2022-10-01',
    endDate: '2022-10-07',
    title: 'Birthday coupon, member {{memberId}}',
    amount: 100,
  })([{ gid: 123, attributes: { memberId: '01', phone: '13012345678' } }], ORDER_ID);
  return send(new ReachEndpoint(touchpoint), message(body)).body;
}

describe('a touchpoint', () => {
  it('gets the request of the contract, byte for byte', () => {
    const sign = createHash('md5').update(`tok&${AT}&${ORDER_NO}`).digest('hex').toUpperCase();
    expect(sampleRequest('tok')).toBe(SAMPLE.replace('SIGN', `"sign":"${sign}",`));
  });

  it('gets no sign without a token', () => {
    expect(sampleRequest('')).toBe(SAMPLE.replace('SIGN', ''));
  });

  it('gets these headers and no others', () => {
    const endpoint = new ReachEndpoint(customTouchpoint({}, { secret: 'tok' }));
    const { headers } = send(endpoint, message(receiptBody(ORDER_ID), { traceparent: '00-a-b-01' }));
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'User-Agent': 'Flagpost-Outreach/1.0',
      'X-Flagpost-Order': ORDER_NO,
      'X-Flagpost-Delivery': 'delivery-1',
      traceparent: '00-a-b-01',
    });
    expect(endpoint.withoutSecrets(headers)).toBe(headers);
  });

  it('is judged by the order that was sent, in either form of the message', () => {
    const endpoint = new ReachEndpoint(customTouchpoint());
    const stored = message(receiptBody(ORDER_ID), { eventId: 'another' });
    const judged = (orderNo: string, one: Message): unknown => {
      const body = Buffer.from(JSON.stringify({ code: 0, orderNo }));
      return endpoint.judge({ kind: 'answer', statusCode: 200, headers: {}, body, durationMs: 1 }, AT, one)
        .kind;
    };
    for (const one of [stored, endpoint.messageAt(stored, AT)]) {
      expect(judged(ORDER_NO, one)).toBe('delivered');
      expect(judged(ORDER_NO.replace('1', '2'), one)).toBe('failed');
    }
  });

  it('is asked for receipts at their address, signed alike', () => {
    const touchpoint = receiptTouchpoint({ secret: 'tok' });
    const endpoint = new ReceiptEndpoint(touchpoint);
    expect(endpoint).toMatchObject({ id: 8, url: 'http://127.0.0.1:9/receipts', reportsEnds: true });
    const sign = createHash('md5').update(`tok&${AT}&${ORDER_NO}`).digest('hex').toUpperCase();
    expect(send(endpoint, message(receiptBody(ORDER_ID))).body).toBe(
      `{"timeStamp":${AT},"orderNo":"${ORDER_NO}","sign":"${sign}"}`,
    );
    expect(() => new ReceiptEndpoint(customTouchpoint())).toThrow('no receipts');
  });
});

describe('a channel', () => {
  const stored = '{"name":"通道","templateParam":{},"userAttr":[]}';
  const sent = `{"name":"通道","templateParam":{},"userAttr":[],"timestamp":"${AT}"}`;
  const hmac = (key: string): string => createHmac('sha256', key).update(sent).digest('hex');
  const request = (auth: ChannelAuth, secret: string): ReturnType<typeof send> =>
    send(new ReachEndpoint(channel({ auth }, { secret })), message(stored));

  it.each<[ChannelAuth, string, string]>([
    [{ type: 'SECRET' }, 'a1234567', 'a1234567'],
    [{ type: 'NONE' }, '', ''],
    [{ type: 'BASIC', username: 'u' }, 'password', ''],
  ])('with %j gets its time at the end and a signature over the bytes', (auth, secret, key) => {
    const { body, headers } = request(auth, secret);
    expect(body).toBe(sent);
    expect(headers['X-gio-signature']).toBe(hmac(key));
    expect(headers).not.toHaveProperty('X-GIO-Signature');
  });

  it('with BASIC gets its credentials, which are not shown', () => {
    const endpoint = new ReachEndpoint(
      channel({ auth: { type: 'BASIC', username: 'Jürgen' } }, { secret: 'pass:word' }),
    );
    const { headers } = send(endpoint, message(stored));
    const credentials = Buffer.from('Jürgen:pass:word').toString('base64');
    expect(headers['Authorization']).toBe(`Basic ${credentials}`);
    expect(endpoint.withoutSecrets(headers)).toEqual({ ...headers, Authorization: '***' });
    expect(request({ type: 'SECRET' }, 's').headers).not.toHaveProperty('Authorization');
    expect(request({ type: 'NONE' }, '').headers).not.toHaveProperty('Authorization');
  });
});

describe(ReachEndpointFactory.name, () => {
  it('takes limits from the touchpoint', () => {
    const config = { timeoutMs: 1234, maxInFlight: 3, usersPerSecond: 1000 };
    const endpoint = new ReachEndpointFactory().endpointOf(channel(config));
    expect(endpoint).toMatchObject({
      id: 7,
      url: 'http://127.0.0.1:9/hook',
      timeoutMs: 1234,
      maxInFlight: 3,
      maxPerSecond: 1000,
      latestOnly: false,
      reportsEnds: true,
    });
    expect(new ReachEndpoint(customTouchpoint()).answerLimit).toBe(1_048_576);
    expect(new ReachEndpoint(customTouchpoint()).maxPerSecond).toBeUndefined();
  });
});
