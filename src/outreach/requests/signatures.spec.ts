import { describe, expect, it } from 'vitest';
import { bodySignature, orderSign, SIGN_JOINER } from './signatures.js';

describe(bodySignature.name, () => {
  it('is that of the published vector', () => {
    const body =
      '{"name":"TEST2","userAttr":[],"templateParam":{"title":"这是标题！！1","content":"这是内容！！2"},"timestamp":"2020-10-28T03:19:31.269Z"}';
    expect(bodySignature('a1234567', Buffer.from(body))).toBe(
      '1a165cb5d0d622cd9b8e058c77ece107c151492b514f33c099c119f27e475fa3',
    );
  });

  it('has the empty secret for a key, too', () => {
    // HMAC-SHA256 of nothing with an empty key, as Wikipedia's article on HMAC gives it.
    expect(bodySignature('', Buffer.alloc(0))).toBe(
      'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad',
    );
  });
});

describe(orderSign.name, () => {
  it('is the MD5 of the three joined by an ampersand, in capitals', () => {
    // printf '%s' 'token&1664590280000&1f1d0ea0c457453ab3c80ed376e5c66c' | md5sum
    expect(SIGN_JOINER).toBe('&');
    expect(orderSign('token', 1_664_590_280_000, '1f1d0ea0c457453ab3c80ed376e5c66c')).toBe(
      'AA7A6698C5CF9364FFFC447E02175DB3',
    );
  });
});
