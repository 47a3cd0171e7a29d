import { createHash } from 'node:crypto';

/** PERSON acts as whoever made it; APPLICATION in its own name and role. */
export const ACCESS_TOKEN_TYPES = ['PERSON', 'APPLICATION'] as const;

export type AccessTokenType = (typeof ACCESS_TOKEN_TYPES)[number];

/** Random bytes in a token: 40 hexadecimal digits, as FeatureProbe's have. */
export const ACCESS_TOKEN_BYTES = 20;

/** Any `Authorization` that begins so is an access token, sent without `Bearer`. */
const PREFIX = 'api-';

/** What events and rows call an APPLICATION token that acted. */
const OPERATOR_PREFIX = 'api:';

/** The longest operator that rows can hold, less the prefix. */
export const MAX_APPLICATION_NAME_LENGTH = 128 - OPERATOR_PREFIX.length;

/** The text that a caller sends, from its random part. */
export function toTokenValue(random: string): string {
  return PREFIX + random;
}

/** Whether a header `Authorization` is an access token, valid or not. */
export function isAccessToken(authorization: string | undefined): authorization is string {
  return authorization?.startsWith(PREFIX) ?? false;
}

/**
 * What is stored of a token. A plain hash is enough, unlike for passwords: nobody guesses 160 random bits, and it has to be
 * found by an index at every call.
 */
export function hashOfToken(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** The operator under which an APPLICATION token acts. */
export function operatorOf(tokenName: string): string {
  return OPERATOR_PREFIX + tokenName;
}
