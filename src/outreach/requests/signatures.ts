import { createHash, createHmac } from 'node:crypto';

/**
 * Between the three values that a touchpoint's signature covers. The documents write `token&timeStamp&orderNo`, which is read as it
 * stands; for endpoints that put the values together without anything it would be empty.
 */
export const SIGN_JOINER = '&';

/** The `sign` of a touchpoint's request: MD5 of token, `timeStamp` (milliseconds) and `orderNo`, upper-case hexadecimal. */
export function orderSign(token: string, timeStamp: number, orderNo: string): string {
  const text = [token, timeStamp, orderNo].join(SIGN_JOINER);
  return createHash('md5').update(text).digest('hex').toUpperCase();
}

/** A channel's `X-gio-signature`: HMAC-SHA256 over the body's exact bytes, lower-case hexadecimal. An empty secret is a key, too. */
export function bodySignature(secret: string, body: Buffer): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
