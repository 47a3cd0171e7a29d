import type { DeliveryEnd } from '../../delivery/index.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';

export type UserResult =
  { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly reason: string };

/** What the end of a request means for the users in it. */
export type Reading =
  /** The same for all of them. */
  | { readonly kind: 'all'; readonly result: UserResult }
  /** The touchpoint took the request; results are asked for later. */
  | { readonly kind: 'accepted' }
  /**
   * User by user. Those of the batch who are missing in it have failed with `missing`; where that is undefined they are waited for on.
   */
  | {
      readonly kind: 'each';
      readonly results: ReadonlyMap<number, UserResult>;
      readonly missing?: string;
      /** What else was wrong with the answer, such as users who were not sent. */
      readonly note?: string;
    };

/** Reads what came of a reach request. Never takes for success what is not plainly one. */
export function readReach(_touchpoint: Touchpoint, _end: DeliveryEnd, _gids: ReadonlySet<number>): Reading {
  throw new Error('to be built');
}

/** Reads what came of a receipt request: `kind: 'each'` with those who have a result by now, or nobody where it failed. */
export function readReceipt(_touchpoint: Touchpoint, _end: DeliveryEnd, _gids: ReadonlySet<number>): Reading {
  throw new Error('to be built');
}
