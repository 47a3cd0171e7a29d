import type { TouchpointConfig } from './touchpoint-config.js';
import type { TouchpointKind, TouchpointStatus, TouchpointType } from './touchpoint.entity.js';

/** A touchpoint with all that sending needs, its secret opened. */
export interface Touchpoint {
  readonly id: number;
  readonly organizationId: number;
  readonly kind: TouchpointKind;
  readonly type?: TouchpointType;
  readonly name: string;
  readonly url: string;
  readonly status: TouchpointStatus;
  /** The channel's secret or password, or the touchpoint's token; empty where there is none. */
  readonly secret: string;
  readonly config: TouchpointConfig;
  readonly receiptEndpointId?: number;
}

/** Touchpoints as campaigns and the delivery engine read them. */
export abstract class Touchpoints {
  /** Those of the ids that exist, whatever their status. */
  abstract load(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>>;

  /**
   * The same, and until the open unit ends nobody disables them or withdraws them from a project. For who is about to make a campaign
   * hold them: without it a touchpoint could be disabled between the look at its status and the campaign's commit.
   */
  abstract loadForUse(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>>;

  /** The touchpoint that asks for its receipts through this endpoint of the engine. */
  abstract ofReceiptEndpoints(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>>;

  /** Which of the touchpoints campaigns of the project may use. */
  abstract authorisedFor(projectId: number, ids: readonly number[]): Promise<ReadonlySet<number>>;

  /**
   * The codes that an `ENUM` parameter may take, from its values or its API; kept for some minutes. Not to be asked inside a unit of work:
   * the API may take seconds.
   * @throws DomainError where the API fails
   */
  abstract codesOf(touchpoint: Touchpoint, param: string, projectId: number): Promise<ReadonlySet<string>>;

  /**
   * Disables one because of how its requests went, and says so with an event by `system`. Of no effect on one that is gone or
   * disabled already. Runs in the open unit; pending deliveries of both its endpoints are canceled.
   */
  abstract disableBySystem(id: number, reason: string): Promise<void>;
}
