/** Names of channels, and the width of the column. */
export const MAX_CHANNEL_NAME = 64;

/** The limits below come from the documents of the product (`outreach.md`, 1 and 2.1), those of time and number aside. */
export const MAX_TOUCHPOINT_NAME = 15;
export const MAX_OF_CHANNEL = 10;
export const MAX_BATCH_SIZE = 500;
export const MAX_OPTION_VALUES = 50;

/** Attributes or parameters of a touchpoint: the documents know no limit; each makes every user's part of a request longer. */
export const MAX_OF_TOUCHPOINT = 100;

/** Longest wait for receipts: 30 days. */
export const MAX_RECEIPT_MINUTES = 43_200;

export const MAX_USERS_PER_SECOND = 100_000;

/** What a touchpoint has where its maker said nothing. */
export const TOUCHPOINT_DEFAULTS = {
  batchSize: MAX_BATCH_SIZE,
  timeoutMs: 5_000,
  maxInFlight: 10,
} as const;

/** Of a channel; touchpoints have no limit. */
export const DEFAULT_USERS_PER_SECOND = 1_000;
