import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import type { DeliveryEnd } from '../endpoint-directory.js';
import { EndpointOwners } from '../endpoint-owners.js';
import { applyTry } from '../endpoint-state.js';
import { EndpointRepository } from '../endpoint.repository.js';
import { RetryPolicy } from '../worker/retry-policy.js';
import type { TryResult } from '../worker/try-result.js';
import type { Claim } from './claim.js';
import { letOthersIn } from './long-batch.js';
import { SettlementWrites, type Verdict } from './settlement-writes.js';

/** What a batch of results leads to. */
export interface Settled {
  /** What each result whose lease held means for its delivery. */
  readonly verdicts: readonly Verdict[];
  /** Endpoints that may be sent to again later than now, and when: retries, pauses, probes. */
  readonly laterAt: ReadonlyMap<number, number>;
  /** Endpoints of which something is due, as far as lanes of this batch tell. */
  readonly due: ReadonlySet<number>;
}

/** With fewer results than this it pays to ask whether something is due in their lanes; more have been waiting in line, as a rule. */
const FEW = 16;

/**
 * Takes a batch of results into the database, in the open unit: the tries, the deliveries' states, what is due next in each
 * lane, the endpoints' health. A result whose lease was lost meanwhile is dropped: the delivery is somebody else's now. Owners of
 * endpoints that want to know are told which deliveries ended, before one is asked to disable any.
 */
@Injectable()
export class Settlement {
  constructor(
    private readonly writes: SettlementWrites,
    private readonly endpoints: EndpointRepository,
    private readonly retries: RetryPolicy,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly owners: EndpointOwners,
  ) {}

  /** Lets lanes be claimed anew whose deliveries were claimed and not sent. */
  async giveBack(unsent: readonly Claim[]): Promise<void> {
    if (unsent.length > 0) await this.writes.giveBack(unsent);
  }

  async settle(results: readonly TryResult[]): Promise<Settled> {
    if (results.length === 0) return { verdicts: [], laterAt: new Map(), due: new Set() };
    const held = await this.writes.lockLeases(results);
    const verdicts = held.map((result) => this.#judge(result));
    const now = this.clock.now();
    for (const write of [
      () => this.writes.insertAttempts(verdicts),
      () => this.writes.updateDeliveries(verdicts, now),
      () => this.writes.releaseLanes(verdicts, now),
    ]) {
      await write();
      await letOthersIn(this.clock, verdicts.length);
    }
    await this.#tellOwners(verdicts, now);
    const laterAt = await this.#updateEndpoints(held);
    for (const { result, retryAt } of verdicts) {
      if (retryAt !== undefined) keepEarliest(laterAt, result.claim.endpoint.id, retryAt);
    }
    return { verdicts, laterAt, due: await this.#dueOf(results, now) };
  }

  async #dueOf(results: readonly TryResult[], now: number): Promise<ReadonlySet<number>> {
    if (results.length < FEW) return this.writes.dueEndpoints(results, now);
    return new Set(results.map(({ claim }) => claim.endpoint.id));
  }

  /** A failed try is repeated while the wait before the next one ends within the delivery's time. */
  #judge(result: TryResult): Verdict {
    const { outcome, claim } = result;
    if (outcome.kind === 'delivered') return { result, status: 'SUCCEEDED' };
    if (outcome.kind === 'failed') return { result, status: 'FAILED', error: outcome.reason };
    const waitMs = Math.max(this.retries.waitMs(claim.tryNumber), outcome.pauseMs ?? 0);
    const retryAt = this.#endOf(result) + waitMs;
    if (retryAt > claim.expiresAt) {
      return {
        result,
        status: 'FAILED',
        error: `given up by age after ${claim.tryNumber} tries: ${outcome.reason}`,
      };
    }
    return { result, status: 'PENDING', error: outcome.reason, retryAt };
  }

  /** What was canceled while its try was under way did not end by that try. */
  async #tellOwners(verdicts: readonly Verdict[], now: number): Promise<void> {
    const ended = verdicts.filter(
      ({ result, status }) => result.claim.endpoint.reportsEnds && status !== 'PENDING',
    );
    if (ended.length === 0) return;
    const canceled = await this.writes.canceledOf(ended);
    const ends = ended
      .filter(({ result }) => !canceled.has(result.claim.deliveryId))
      .map((verdict) => toEnd(verdict, now));
    if (ends.length > 0) await this.owners.ended(ends);
  }

  /** When it ended, epoch milliseconds; not in the future, where it would be if the clock was set back since. */
  #endOf({ finishedAt }: TryResult): number {
    return Math.min(finishedAt, this.clock.now());
  }

  async #updateEndpoints(results: readonly TryResult[]): Promise<Map<number, number>> {
    const byEndpoint = groupByEndpoint(results);
    const laterAt = new Map<number, number>();
    const endpoints = await this.endpoints.lockAll([...byEndpoint.keys()]);
    const disabled = new Map<number, string>();
    for (const endpoint of endpoints) {
      let disableReason: string | undefined;
      for (const result of byEndpoint.get(endpoint.id) ?? []) {
        const finished = {
          outcome: result.outcome,
          at: this.#endOf(result),
          statusCode: result.statusCode,
          isProbe: result.claim.isProbe,
        };
        disableReason ??= applyTry(endpoint, finished, {
          disableAfterMs: this.settings.disableAfterMs,
          waitMs: (failures) => this.retries.waitMs(failures),
        });
      }
      if (disableReason !== undefined && endpoint.enabled) disabled.set(endpoint.id, disableReason);
      const waitUntil = Math.max(endpoint.pausedUntil ?? 0, endpoint.probeAt ?? 0);
      if (waitUntil > 0) laterAt.set(endpoint.id, waitUntil);
    }
    await this.writes.updateEndpoints(endpoints);
    for (const [id, reason] of disabled) await this.owners.disable(id, reason);
    return laterAt;
  }
}

function toEnd({ result, status, error }: Verdict, at: number): DeliveryEnd {
  const { claim, statusCode, answer } = result;
  const { eventId, eventName } = claim.message;
  return {
    endpointId: claim.endpoint.id,
    deliveryId: claim.deliveryId,
    eventId,
    eventName,
    status: status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
    reason: error,
    statusCode,
    answer,
    at,
  };
}

function groupByEndpoint(results: readonly TryResult[]): Map<number, TryResult[]> {
  const grouped = new Map<number, TryResult[]>();
  for (const result of results) {
    const list = grouped.get(result.claim.endpoint.id);
    if (list) list.push(result);
    else grouped.set(result.claim.endpoint.id, [result]);
  }
  return grouped;
}

/** The wake that comes first: a wake too early finds nothing due and costs one look. */
function keepEarliest(instants: Map<number, number>, id: number, at: number): void {
  const known = instants.get(id);
  if (known === undefined || at < known) instants.set(id, at);
}
