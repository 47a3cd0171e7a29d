import type { EndpointEntity } from './endpoint.entity.js';
import { speaksAgainstEndpoint, type Outcome } from './worker/outcome.js';

/** Failed tries in a row that open the breaker, from the contract. */
export const BREAKER_THRESHOLD = 5;

/** What changes an endpoint's state: one finished try. */
export interface FinishedTry {
  readonly outcome: Outcome;
  /** When it finished, epoch milliseconds. */
  readonly at: number;
  readonly statusCode: number | undefined;
  /** Whether it was sent as the probe of an open breaker. */
  readonly isProbe: boolean;
}

export interface StateRules {
  readonly disableAfterMs: number;
  /** The wait after the n-th failed probe, or, for n = 1, after the breaker opened. */
  waitMs(failures: number): number;
}

/** Whether so many failures in a row keep all but single probes back. */
export function isBreakerOpen(endpoint: Pick<EndpointEntity, 'consecutiveFailures'>): boolean {
  return endpoint.consecutiveFailures >= BREAKER_THRESHOLD;
}

/**
 * Takes one finished try into an endpoint's state; answers why the endpoint must be disabled, if it must.
 *
 * ```
 *               a failed try            the fifth in a row
 *   HEALTHY ───────────────────▶ FAILING ─────────────────▶ PAUSED: one probe at a time, waits grow
 *      ▲  ▲                         │                          │  └─ a failed probe: wait again
 *      │  └────── a success ────────┘                          │
 *      └───────── a success ───────────────────────────────────┘
 *   from anywhere: failing for too long, 410, or asked to ──▶ DISABLED, until the owner enables it
 *   from anywhere: Retry-After ──▶ PAUSED until then; no success shortens it
 * ```
 */
export function applyTry(
  endpoint: EndpointEntity,
  finished: FinishedTry,
  rules: StateRules,
): string | undefined {
  const { outcome, at } = finished;
  endpoint.lastAttemptAt = at;
  endpoint.lastSucceeded = outcome.kind === 'delivered';
  endpoint.lastStatusCode = finished.statusCode ?? null;
  if (!speaksAgainstEndpoint(outcome)) {
    forgetFailures(endpoint);
    return undefined;
  }
  endpoint.lastError = outcome.reason.slice(0, 1024);
  endpoint.failingSince ??= at;
  if (outcome.kind === 'retry' && outcome.pauseMs !== undefined) {
    endpoint.pausedUntil = Math.max(endpoint.pausedUntil ?? 0, at + outcome.pauseMs);
  }
  countFailure(endpoint, finished, rules);
  if (outcome.kind === 'failed' && outcome.disablesEndpoint) return outcome.reason;
  if (at - endpoint.failingSince >= rules.disableAfterMs) {
    return `every try failed since ${new Date(endpoint.failingSince).toISOString()}; the last one: ${outcome.reason}`;
  }
  return undefined;
}

/** The state of an endpoint that never failed. A pause the receiver asked for stays. */
export function forgetFailures(endpoint: EndpointEntity): void {
  endpoint.failingSince = null;
  endpoint.consecutiveFailures = 0;
  endpoint.probeCount = 0;
  endpoint.probeAt = null;
  endpoint.lastError = null;
}

/** Tries that were under way when the breaker opened change nothing about it. */
function countFailure(endpoint: EndpointEntity, { at, isProbe }: FinishedTry, rules: StateRules): void {
  if (isBreakerOpen(endpoint)) {
    if (!isProbe) return;
    endpoint.probeCount += 1;
    endpoint.probeAt = at + rules.waitMs(endpoint.probeCount + 1);
    return;
  }
  endpoint.consecutiveFailures += 1;
  if (isBreakerOpen(endpoint)) endpoint.probeAt = at + rules.waitMs(1);
}
