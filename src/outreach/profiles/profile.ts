/** ISO dates are text. */
export type AttributeValue = string | number | boolean;

/** By name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A user of the customer's product, as rules and templates see it. */
export interface Profile {
  /** Unique in its project; a whole number from 1. */
  readonly gid: number;
  /** Absent: a visitor, who has not signed in. */
  readonly userId?: string;
  readonly attributes: Attributes;
}

/** Something a user did, or that was done to reach the user. */
export interface ProfileEvent {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What came of each attempt to reach a user is an event of this name on the profile. */
export const TOUCH_EVENT = '$ma_channel_touch';
