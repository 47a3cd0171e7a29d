import type { Profile } from '../profiles/profile.js';
import type { TemplateValue } from '../touchpoints/touchpoint-config.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';

/** `eventName` of messages that reach users, and of those that ask for receipts. */
export const REACH_EVENT = 'OUTREACH.REACH';
export const RECEIPT_EVENT = 'OUTREACH.RECEIPT';

/**
 * Makes a request's body as it is stored: all but what depends on the moment of sending (time and signature), which
 * `ReachEndpoint.messageAt` adds at each try.
 * @param orderId UUID; its 32 hexadecimal digits are the `orderNo`
 */
export type BodyMaker = (users: readonly Profile[], orderId: string) => string;

/**
 * Compiled once for a campaign and a touchpoint: making a body is quick enough for tens of thousands of users a second. Values must have
 * been checked (`checkTemplateValues`).
 */
export function compileBodies(
  _touchpoint: Touchpoint,
  _values: Readonly<Record<string, TemplateValue>>,
): BodyMaker {
  throw new Error('to be built');
}

/** The body that asks for the receipts of a request, as it is stored. */
export function receiptBody(_orderId: string): string {
  throw new Error('to be built');
}
