import type { TouchpointConfig } from '../touchpoints/touchpoint-config.js';

/** Tries again after the first one that a request is worth, where its touchpoint doesn't say how long. */
const DEFAULT_RETRIES = 5;

/** Most that is added to a wait at random, see `RetryPolicy`. */
const JITTER = 0.2;

const MINUTE_MS = 60_000;

/**
 * How long a request that fails is tried again, milliseconds: for the first five waits of the setting RETRY_SECONDS, with what is added to
 * them at random. With its default (5 s, 30 s, 2, 10 and 30 minutes) that is about 45 minutes, at the most 51: a campaign is of its hour,
 * and a coupon that comes three days later, as a webhook's event may, is of no use.
 * @param retryWaitsMs see `Settings`; the last one repeats
 */
export function defaultRetryForMs(retryWaitsMs: readonly number[]): number {
  const last = retryWaitsMs.at(-1) ?? 0;
  const waits = Array.from({ length: DEFAULT_RETRIES }, (_, index) => retryWaitsMs[index] ?? last);
  return Math.ceil(waits.reduce((sum, wait) => sum + wait, 0) * (1 + JITTER));
}

/** The same for a touchpoint: what it says counts. */
export function retryForMs(
  { retryForMinutes }: Pick<TouchpointConfig, 'retryForMinutes'>,
  retryWaitsMs: readonly number[],
): number {
  return retryForMinutes === undefined ? defaultRetryForMs(retryWaitsMs) : retryForMinutes * MINUTE_MS;
}
