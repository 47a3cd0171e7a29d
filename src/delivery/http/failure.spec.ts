import { describe, expect, it } from 'vitest';
import { explain } from './failure.js';

const errorWith = (details: Record<string, unknown>, message = 'm'): Error =>
  Object.assign(new Error(message), details);

describe('explain', () => {
  it.each([
    [errorWith({ code: 'EHOSTUNREACH', address: '8.8.8.8', port: 443 }), 'other', 'no route to 8.8.8.8:443'],
    [
      errorWith({ code: 'ENETUNREACH', address: '2606::1', port: 80 }),
      'other',
      'no network leads to [2606::1]:80',
    ],
    [
      errorWith({ code: 'EAI_AGAIN', hostname: 'a.test' }),
      'dns',
      'name a.test could not be looked up: DNS gave no answer for now',
    ],
    [
      errorWith({ code: 'EAI_FAIL', hostname: 'a.test' }),
      'dns',
      'name a.test could not be looked up (EAI_FAIL)',
    ],
    [
      errorWith({ code: 'ETIMEDOUT', address: '8.8.8.8', port: 1 }),
      'timeout',
      'no connection to 8.8.8.8:1 was made in time; a firewall may drop what is sent there',
    ],
    [
      errorWith({ code: 'CERT_HAS_EXPIRED' }),
      'tls',
      'the certificate has expired: the receiver has to renew it',
    ],
    [errorWith({ code: 'EGRESS_REFUSED' }, 'because'), 'egress', 'because'],
    [errorWith({ code: 'UND_ERR_DESTROYED' }), 'aborted', 'given up: this process is shutting down'],
    [
      errorWith(
        { code: 'ECONNRESET' },
        'Client network socket disconnected before secure TLS connection was established',
      ),
      'tls',
      'the receiver closed the connection during the TLS handshake',
    ],
    [errorWith({ code: 'ESOMETHING' }, 'something new'), 'other', 'something new'],
    [errorWith({}, ''), 'other', 'unknown error'],
    ['a string', 'other', 'a string'],
    [undefined, 'other', 'undefined'],
  ])('%s: %s', (error, reason, message) => {
    expect(explain(error)).toEqual({ reason, message });
  });

  it('takes the most telling error of several addresses', () => {
    const refused = errorWith({ code: 'ECONNREFUSED', address: '10.0.0.1', port: 443 });
    const noIpv6 = errorWith({ code: 'ENETUNREACH', address: '2606::1', port: 443 });
    const expected = {
      reason: 'refused',
      message: 'connection refused by 10.0.0.1:443: nothing listens on that port',
    };
    expect(explain(new AggregateError([refused, noIpv6]))).toEqual(expected);
    expect(explain(new AggregateError([noIpv6, refused]))).toEqual(expected);
    expect(explain(new AggregateError([noIpv6])).message).toBe('no network leads to [2606::1]:443');
  });
});
