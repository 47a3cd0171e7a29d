import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { UnitOfWork } from '../platform/database/index.js';
import { WorkSpread } from './spread/work-spread.js';
import type { EndpointEntity } from './endpoint.entity.js';
import { EndpointRepository } from './endpoint.repository.js';
import { forgetFailures, isBreakerOpen } from './endpoint-state.js';
import { Cancellation } from './queue/cancellation.js';

export type HealthState = 'HEALTHY' | 'FAILING' | 'PAUSED' | 'DISABLED';

/** How an endpoint has been doing. */
export interface EndpointHealth {
  readonly state: HealthState;
  /** `PAUSED`: when the next try may go, epoch milliseconds. */
  readonly until?: number;
  readonly why?: string;
  readonly lastAttempt?: {
    readonly at: number;
    readonly succeeded: boolean;
    /** 0: no HTTP answer. */
    readonly statusCode: number;
  };
}

/** The engine's own record of each endpoint: its health, and whether anything may be sent to it. Writes need an open unit of work. */
@Injectable()
export class Endpoints {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly cancellation: Cancellation,
    private readonly spread: WorkSpread,
    private readonly clock: Clock,
  ) {}

  /** Makes a new endpoint; answers its id, which the owner uses as its own. */
  async register(organizationId: number, kind: EndpointEntity['kind']): Promise<number> {
    const endpoint = {
      organizationId,
      kind,
      enabled: true,
      consecutiveFailures: 0,
      probeCount: 0,
    } as EndpointEntity;
    return (await this.endpoints.save(endpoint)).id;
  }

  /** Lets deliveries be planned and sent again; forgets failures and pauses. */
  async enable(id: number): Promise<void> {
    const [endpoint] = await this.endpoints.lockAll([id]);
    if (!endpoint) return;
    forgetFailures(endpoint);
    await this.endpoints.save(
      Object.assign(endpoint, { enabled: true, disabledReason: null, pausedUntil: null }),
    );
    this.unitOfWork.afterCommit(() => this.spread.announce([id]));
  }

  /**
   * Sends nothing more; pending deliveries are canceled, with the reason in their `lastError`. Answers the lowest event number
   * among these, undefined where nothing was pending.
   */
  async disable(id: number, reason: string): Promise<number | undefined> {
    const [endpoint] = await this.endpoints.lockAll([id]);
    if (!endpoint) return undefined;
    await this.endpoints.save(
      Object.assign(endpoint, { enabled: false, disabledReason: reason.slice(0, 1024) }),
    );
    return this.cancellation.cancelPending(id, reason, this.clock.now());
  }

  /** Forgets the endpoint; its pending deliveries are canceled with the reason, finished ones stay in the log. */
  async remove(id: number, reason: string): Promise<void> {
    await this.endpoints.remove(id);
    await this.cancellation.cancelPending(id, reason, this.clock.now());
    await this.cancellation.removeLanes(id);
  }

  async healthOf(ids: readonly number[]): Promise<ReadonlyMap<number, EndpointHealth>> {
    const now = this.clock.now();
    const endpoints = await this.endpoints.listByIds(ids);
    return new Map(endpoints.map((endpoint) => [endpoint.id, describe(endpoint, now)]));
  }
}

function describe(endpoint: EndpointEntity, now: number): EndpointHealth {
  const lastAttempt =
    endpoint.lastAttemptAt === null
      ? undefined
      : {
          at: endpoint.lastAttemptAt,
          succeeded: Boolean(endpoint.lastSucceeded),
          statusCode: endpoint.lastStatusCode ?? 0,
        };
  return { ...stateOf(endpoint, now), lastAttempt };
}

function stateOf(endpoint: EndpointEntity, now: number): Pick<EndpointHealth, 'state' | 'until' | 'why'> {
  const lastError = endpoint.lastError ?? undefined;
  if (!endpoint.enabled) return { state: 'DISABLED', why: endpoint.disabledReason ?? undefined };
  if (endpoint.pausedUntil !== null && endpoint.pausedUntil > now) {
    return {
      state: 'PAUSED',
      until: endpoint.pausedUntil,
      why: `the receiver asked to wait; ${lastError ?? ''}`,
    };
  }
  if (isBreakerOpen(endpoint)) {
    const why = `${endpoint.consecutiveFailures} tries failed in a row, single tries probe it; the last one: ${lastError ?? ''}`;
    return { state: 'PAUSED', until: endpoint.probeAt ?? undefined, why };
  }
  return endpoint.consecutiveFailures > 0 ? { state: 'FAILING', why: lastError } : { state: 'HEALTHY' };
}
