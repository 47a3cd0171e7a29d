import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's W3C `traceparent` if it is well-formed. */
export function callersTraceparent(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && TRACEPARENT.test(header) ? header : undefined;
}

/** The caller's `traceparent`, else the start of a new, sampled trace. */
export function traceparentOf(header: string | string[] | undefined): string {
  return callersTraceparent(header) ?? newTraceparent();
}

function newTraceparent(): string {
  const digits = randomBytes(24).toString('hex');
  return `00-${digits.slice(0, 32)}-${digits.slice(32)}-01`;
}
