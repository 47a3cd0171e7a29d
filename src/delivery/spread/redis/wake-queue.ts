import { createHash } from 'node:crypto';
import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { Settings } from '../../../platform/config/index.js';

/** Name of the queue; its keys begin with the prefix and this. */
export const WAKE_QUEUE = 'wakes';

/** What a job carries: an id, and nothing that the database would not know better. */
export interface WakeJob {
  readonly endpointId: number;
}

/**
 * At most one job for an endpoint waits, and one more is being taken: a commit in that moment makes a new one, since whoever takes
 * the first may have looked already. Nothing of a job stays, whatever comes of it.
 */
export function wakeJobOptions(endpointId: number): JobsOptions {
  return {
    deduplication: { id: String(endpointId), keepLastIfActive: true },
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** How a worker takes jobs. A job takes a moment, so one that is still being taken after seconds was left behind by a crash. */
export const WAKE_WORKER: Omit<WorkerOptions, 'connection'> = {
  concurrency: 4,
  lockDuration: 5_000,
  stalledInterval: 5_000,
  maxStalledCount: 5,
  runRetryDelay: 1_000,
  skipVersionCheck: true,
};

/** What the keys of one Flagpost begin with: several may share a Redis, and those that share a database belong together. */
export function redisPrefix({
  redisPrefix: given,
  database,
}: Pick<Settings, 'redisPrefix' | 'database'>): string {
  if (given !== undefined) return given;
  const identity =
    database.kind === 'sqlite' ? database.file : `${database.host}:${database.port}/${database.database}`;
  return `flagpost-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;
}
