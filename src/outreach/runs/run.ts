import type { BatchStatus, OwnStatus, RunPhase } from './run.entity.js';

/** A run as those who move it on see it: changed in memory under its lock, then written by `RunRepository.save`. */
export interface Run {
  readonly id: number;
  readonly organizationId: number;
  readonly projectId: number;
  readonly campaignId: number;
  phase: RunPhase;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly throughGid: number;
  cursorGid: number;
  audience: number;
  nextBatch: number;
  /** By step: the batch that its next users join; 0: none. */
  filling: number[];
  problem: string | undefined;
}

/** A run that is under way, with what is left to do, at one moment. */
export interface ActiveRun extends Run {
  /** It has batches that were not handed over. */
  readonly hasPending: boolean;
  /** It has batches that have not ended. */
  readonly hasOpen: boolean;
}

/** A batch as it stands in the table. */
export interface Batch {
  readonly runId: number;
  readonly number: number;
  readonly touchpointId: number;
  readonly step: number;
  readonly size: number;
  readonly status: BatchStatus;
  readonly orderId: string | undefined;
  readonly deliveryId: string | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly passed: number;
  readonly canceled: number;
  /** How many failed for which reason of their own. */
  readonly failures: Readonly<Record<string, number>>;
  readonly sentAt: number | undefined;
  readonly pollAt: number | undefined;
  readonly pollUntil: number | undefined;
}

/** What becomes of one recipient apart from its batch. */
export interface OwnResult {
  readonly gid: number;
  readonly status: Exclude<OwnStatus, ''>;
  readonly reason: string | undefined;
}

/** Statuses after which nothing changes any more. */
export const FINAL_STATUSES = ['SUCCEEDED', 'FAILED', 'PASSED', 'CANCELED'] as const;

/** As long as the columns of that name. */
export const MAX_REASON_LENGTH = 255;

/** How many recipients of a batch have no final status. */
export function openCountOf({ size, succeeded, failed, passed, canceled }: Batch): number {
  return size - succeeded - failed - passed - canceled;
}

/** Whether a user fails for good in this step, or is handed on to the next touchpoint. */
export function nextStepOf<Step>(
  { mode, steps }: { readonly mode: string; readonly steps: readonly Step[] },
  step: number,
): Step | undefined {
  return mode === 'FIRST_SUCCESS' ? steps[step + 1] : undefined;
}
